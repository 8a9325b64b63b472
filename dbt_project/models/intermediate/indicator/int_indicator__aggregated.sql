with components as (
    {% for kind in ['ratio', 'weighted_mean', 'survey'] %}
    select
        indicator_id, definition_version, area_id, period, period_end_on, reference_on, numerator, denominator,
        denominator_square, cross_square, numerator_square, n, cell_status, symbol, status_rank,
        numerator is not null and denominator is not null as is_covered
    from {{ ref('int_indicator__' ~ kind) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

-- a member counts with both parts or with none
select
    components.indicator_id,
    components.definition_version,
    membership.reference_area_id,
    components.period,
    max(components.reference_on) as reference_on,
    count(*) as member_count,
    count(components.denominator) as known_count,
    {{ t_sum('sum(components.denominator * membership.weight)') }} as known_denominator,
    {% for column in ['numerator', 'denominator'] %}
    {{ t_sum('sum(case when components.is_covered then components.' ~ column ~ ' * membership.weight end)') }} as {{ column }},
    {% endfor %}
    {% for column in ['denominator_square', 'cross_square', 'numerator_square'] %}
    cast(sum(
        case when components.is_covered then components.{{ column }} * {{ t_square_weight('membership.weight') }} end
    ) as decimal(38, 6)) as {{ column }},
    {% endfor %}
    {{ t_double('sum(case when components.is_covered then membership.weight end)') }} as cell_weight,
    {{ t_double('sum(case when components.is_covered then ' ~ t_square_weight('membership.weight') ~ ' end)') }}
        as cell_square_weight,
    cast(sum(components.n) as bigint) as n,
    max(case when components.is_covered then components.status_rank end) as status_rank,
    max(components.cell_status) as cell_status,
    max(components.symbol) as symbol
from components
inner join {{ ref('int_area__membership') }} as membership
    on components.area_id = membership.area_id
    and components.period_end_on between membership.valid_from and membership.valid_to
group by components.indicator_id, components.definition_version, membership.reference_area_id, components.period
