with components as (
    select * from {{ ref('int_indicator__ratio') }}
    union all
    select * from {{ ref('int_indicator__weighted_mean') }}
    union all
    select * from {{ ref('int_indicator__survey') }}
)

select
    components.indicator_id,
    components.definition_version,
    membership.target_id,
    components.period,
    max(components.reference_on) as reference_on,
    count(*) as member_count,
    count(components.numerator) as numerator_count,
    count(components.denominator) as denominator_count,
    {{ t_sum('sum(components.numerator * membership.weight)') }} as numerator,
    {{ t_sum('sum(components.denominator * membership.weight)') }} as denominator,
    cast(sum(components.n) as bigint) as n,
    max(components.status_rank) as status_rank,
    max(components.cell_status) as cell_status,
    max(components.symbol) as symbol
from components
inner join {{ ref('int_area__membership') }} as membership
    on components.area_id = membership.area_id
    and components.period_end_on between membership.valid_from and membership.valid_to
group by components.indicator_id, components.definition_version, membership.target_id, components.period
