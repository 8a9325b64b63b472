{{ config(materialized='view') }}

with indicators as (
    select * from {{ ref('int_indicator__sourced') }} where kind = 'survey'
),

measures as (
    select * from {{ ref('int_measure__unioned') }}
),

joined as (
    select
        indicators.indicator_id,
        indicators.definition_version,
        answered.area_id,
        answered.period,
        answered.period_end_on,
        answered.value as numerator,
        weighted.value as denominator,
        answered.n
    from indicators
    inner join measures as answered
        on indicators.numerator_measure_id = answered.measure_id
        and indicators.source_id = answered.source_id
        and answered.period_end_on between indicators.valid_from and indicators.valid_to
    inner join measures as weighted
        on indicators.denominator_measure_id = weighted.measure_id
        and indicators.source_id = weighted.source_id
        and answered.area_id = weighted.area_id
        and answered.period = weighted.period
)

select
    indicator_id,
    definition_version,
    area_id,
    period,
    period_end_on,
    cast(null as date) as reference_on,
    numerator,
    denominator,
    n,
    {{ t_text('null') }} as cell_status,
    {{ t_text('null') }} as symbol,
    0 as status_rank
from joined
