with unioned as (
    select
        indicator_id, definition_version, area_kind, area_id, variant_id, role, territory, period, reference_on,
        value, lower, upper, counted_lower, counted_upper, process_lower, process_upper, interval_method, numerator, denominator, n, effective_n, is_full_count, coverage_pct,
        symbol, status, member_count, expected_member_count
    from {{ ref('int_indicator__valued') }}
    union all
    select
        indicator_id, definition_version, 'area' as area_kind, area_id,
        {{ t_text('null') }} as variant_id,
        {{ t_text('null') }} as role,
        'as_then' as territory,
        period, reference_on, value, lower, upper,
        lower as counted_lower,
        upper as counted_upper,
        cast(null as double) as process_lower,
        cast(null as double) as process_upper,
        case when value is not null then 'rounding_bound' end as interval_method,
        cast(null as decimal(28, 8)) as numerator,
        cast(null as decimal(28, 8)) as denominator,
        cast(null as bigint) as n,
        cast(null as double) as effective_n,
        true as is_full_count,
        case when value is null then 0.0 else 100.0 end as coverage_pct,
        symbol, status,
        cast(1 as bigint) as member_count,
        cast(1 as bigint) as expected_member_count
    from {{ ref('int_indicator__level') }}
),

breaks as (
    select indicator_id, definition_version, period, max(severity_rank) as severity_rank
    from (
        select
            *, case severity when 'blocking' then 3 when 'tolerance' then 2 else 1 end as severity_rank
        from {{ ref('int_indicator__break') }}
    ) as ranked
    group by indicator_id, definition_version, period
)

select
    unioned.indicator_id,
    cast(unioned.definition_version as bigint) as definition_version,
    unioned.area_kind,
    unioned.area_id,
    unioned.variant_id,
    unioned.role,
    unioned.territory,
    unioned.period,
    unioned.reference_on,
    {{ rnd('unioned.value', 6) }} as value,
    {{ rnd('unioned.lower', 6) }} as lower,
    {{ rnd('unioned.upper', 6) }} as upper,
    {% for reading in ['counted', 'process'] %}
    {% for end in ['lower', 'upper'] %}
    {{ rnd('unioned.' ~ reading ~ '_' ~ end, 6) }} as {{ end }}_as_{{ reading }},
    {% endfor %}
    {% endfor %}
    unioned.interval_method,
    sourced.unit,
    unioned.numerator,
    unioned.denominator,
    unioned.n,
    {{ rnd('unioned.effective_n', 4) }} as effective_n,
    unioned.is_full_count,
    {{ rnd('unioned.coverage_pct', 4) }} as coverage_pct,
    unioned.symbol,
    unioned.status,
    case breaks.severity_rank when 3 then 'blocking' when 2 then 'tolerance' when 1 then 'shock' end as comparability_break,
    cast(unioned.member_count as bigint) as member_count,
    cast(unioned.expected_member_count as bigint) as expected_member_count,
    sourced.source_id,
    {{ is_synthetic() }} as is_synthetic
from unioned
inner join {{ ref('int_indicator__sourced') }} as sourced
    on unioned.indicator_id = sourced.indicator_id
    and unioned.definition_version = sourced.definition_version
left join breaks
    on unioned.indicator_id = breaks.indicator_id
    and unioned.definition_version = breaks.definition_version
    and unioned.period = breaks.period
