with aggregated as (
    select * from {{ ref('int_indicator__valued') }}
),

single as (
    select
        indicator_id, definition_version, 'area' as area_kind, area_id,
        {{ t_text('null') }} as variant_id,
        {{ t_text('null') }} as role,
        period, reference_on, value,
        cast(null as decimal(28, 8)) as numerator,
        cast(null as decimal(28, 8)) as denominator,
        cast(null as bigint) as n,
        symbol, status,
        cast(1 as bigint) as member_count,
        cast(1 as bigint) as expected_member_count
    from {{ ref('int_indicator__level') }}
),

unioned as (
    select
        indicator_id, definition_version, area_kind, area_id, variant_id, role, period, reference_on, value,
        numerator, denominator, n, symbol, status, member_count, expected_member_count
    from aggregated
    union all
    select
        indicator_id, definition_version, area_kind, area_id, variant_id, role, period, reference_on, value,
        numerator, denominator, n, symbol, status, member_count, expected_member_count
    from single
)

select
    unioned.indicator_id,
    cast(unioned.definition_version as bigint) as definition_version,
    unioned.area_kind,
    unioned.area_id,
    unioned.variant_id,
    unioned.role,
    unioned.period,
    unioned.reference_on,
    {{ rnd('unioned.value', 6) }} as value,
    sourced.unit,
    unioned.numerator,
    unioned.denominator,
    unioned.n,
    unioned.symbol,
    unioned.status,
    cast(unioned.member_count as bigint) as member_count,
    cast(unioned.expected_member_count as bigint) as expected_member_count,
    sourced.source_id,
    {{ is_synthetic() }} as is_synthetic
from unioned
inner join {{ ref('int_indicator__sourced') }} as sourced
    on unioned.indicator_id = sourced.indicator_id
    and unioned.definition_version = sourced.definition_version
