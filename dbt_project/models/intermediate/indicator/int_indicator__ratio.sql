with indicators as (
    select * from {{ ref('int_indicator__sourced') }} where kind = 'ratio'
),

measures as (
    select * from {{ ref('int_measure__unioned') }}
),

joined as (
    select
        indicators.indicator_id,
        indicators.definition_version,
        upper_part.area_id,
        upper_part.period,
        upper_part.period_end_on,
        upper_part.reference_on,
        upper_part.value as numerator_value,
        upper_part.status as numerator_status,
        upper_part.symbol as numerator_symbol,
        case when indicators.subtracted_measure_id is null then 0 else subtracted_part.value end as subtracted_value,
        case when indicators.subtracted_measure_id is null then 'final' else coalesce(subtracted_part.status, 'missing') end
            as subtracted_status,
        subtracted_part.symbol as subtracted_symbol,
        lower_part.value as denominator_value,
        coalesce(lower_part.status, 'missing') as denominator_status,
        lower_part.symbol as denominator_symbol
    from indicators
    inner join measures as upper_part
        on indicators.numerator_measure_id = upper_part.measure_id
        and indicators.source_id = upper_part.source_id
        and indicators.base_level = upper_part.area_level
        and upper_part.period_end_on between indicators.valid_from and indicators.valid_to
    left join measures as subtracted_part
        on indicators.subtracted_measure_id = subtracted_part.measure_id
        and indicators.source_id = subtracted_part.source_id
        and upper_part.area_id = subtracted_part.area_id
        and upper_part.period = subtracted_part.period
    left join measures as lower_part
        on indicators.denominator_measure_id = lower_part.measure_id
        and indicators.denominator_source_id = lower_part.source_id
        and upper_part.area_id = lower_part.area_id
        and upper_part.period = lower_part.period
)

select
    indicator_id,
    definition_version,
    area_id,
    period,
    period_end_on,
    reference_on,
    cast(numerator_value - subtracted_value as decimal(24, 8)) as numerator,
    denominator_value as denominator,
    {{ t_square('denominator_value') }} as denominator_square,
    cast(null as decimal(28, 6)) as cross_square,
    cast(null as decimal(28, 6)) as numerator_square,
    cast(null as bigint) as n,
    -- the first part without a figure explains the cell
    case
        when numerator_value is null then numerator_status
        when subtracted_value is null then subtracted_status
        when denominator_value is null then denominator_status
    end as cell_status,
    case
        when numerator_value is null then numerator_symbol
        when subtracted_value is null then subtracted_symbol
        when denominator_value is null then denominator_symbol
        else coalesce(numerator_symbol, subtracted_symbol, denominator_symbol)
    end as symbol,
    greatest(
        {{ status_rank('numerator_status') }},
        {{ status_rank('subtracted_status') }},
        {{ status_rank('denominator_status') }}
    ) as status_rank
from joined
