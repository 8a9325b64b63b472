-- a break names an indicator, a measure some indicators rest on, or nothing, and then holds for all
select
    indicators.indicator_id,
    indicators.definition_version,
    breaks.break_id,
    breaks.period,
    breaks.kind,
    breaks.severity,
    cast(breaks.added_tolerance as decimal(24, 8)) as added_tolerance
from {{ ref('stg_programme_indicator') }} as indicators
inner join {{ ref('stg_programme_break') }} as breaks
    on (
        breaks.indicator_id is null
        and breaks.measure_id is null
        and {{ same_programme('breaks.break_id', 'indicators.indicator_id') }}
    )
    or breaks.indicator_id = indicators.indicator_id
    or breaks.measure_id = indicators.numerator_measure_id
    or breaks.measure_id = indicators.subtracted_measure_id
    or breaks.measure_id = indicators.denominator_measure_id
