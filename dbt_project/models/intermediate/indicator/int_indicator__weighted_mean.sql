with indicators as (
    select * from {{ ref('int_indicator__sourced') }} where kind = 'weighted_mean'
),

measures as (
    select * from {{ ref('int_measure__unioned') }}
),

joined as (
    select
        indicators.indicator_id,
        indicators.definition_version,
        mean.area_id,
        mean.period,
        mean.period_end_on,
        mean.reference_on,
        mean.value as mean_value,
        mean.status as mean_status,
        mean.symbol as mean_symbol,
        basis.value as basis_value,
        coalesce(basis.status, 'missing') as basis_status,
        basis.symbol as basis_symbol
    from indicators
    inner join measures as mean
        on indicators.numerator_measure_id = mean.measure_id
        and indicators.source_id = mean.source_id
        and indicators.base_level = mean.area_level
        and mean.period_end_on between indicators.valid_from and indicators.valid_to
    left join measures as basis
        on indicators.denominator_measure_id = basis.measure_id
        and indicators.denominator_source_id = basis.source_id
        and mean.area_id = basis.area_id
        and mean.period = basis.period
)

select
    indicator_id,
    definition_version,
    area_id,
    period,
    period_end_on,
    reference_on,
    cast(cast(mean_value as decimal(19, 6)) * cast(basis_value as decimal(19, 6)) as decimal(24, 8)) as numerator,
    basis_value as denominator,
    {{ t_square('basis_value') }} as denominator_square,
    cast(null as decimal(28, 6)) as cross_square,
    cast(null as decimal(28, 6)) as numerator_square,
    cast(null as bigint) as n,
    case
        when mean_value is null then mean_status
        when basis_value is null then basis_status
    end as cell_status,
    case
        when mean_value is null then mean_symbol
        when basis_value is null then basis_symbol
        else coalesce(mean_symbol, basis_symbol)
    end as symbol,
    greatest({{ status_rank('mean_status') }}, {{ status_rank('basis_status') }}) as status_rank
from joined
