{# Of several headline indicators some cross their margin by chance. Holm (1979): ordered by how far beyond the margin
   they lie, each must exceed the critical value for as many hypotheses as are left, and the first that does not ends
   it. One-sided at 2.5 per cent, as the two-sided 95 per cent interval decides. #}
with tested as (
    select
        indicator_id, definition_version, variant_id, comparator, baseline_id, period,
        case
            when disadvantage_change > disadvantage_change_lower
                then (disadvantage_change - margin) * {{ z_95() }} / (disadvantage_change - disadvantage_change_lower)
            when disadvantage_change_lower is not null
                then case when disadvantage_change > margin then 1 else -1 end * {{ beyond_any_error() }}
        end as z
    from {{ ref('int_gap__changed') }}
    where measure = 'absolute' and is_deciding_reading and verdict is not null
),

ranked as (
    select
        tested.*,
        row_number() over (
            partition by tested.variant_id, tested.comparator, tested.baseline_id, tested.period
            order by tested.z desc nulls last, tested.indicator_id nulls last, tested.definition_version nulls last
        ) as position
    from tested
    inner join {{ ref('int_indicator__sourced') }} as sourced
        on tested.indicator_id = sourced.indicator_id
        and tested.definition_version = sourced.definition_version
    where sourced.is_headline
),

families as (
    select variant_id, comparator, baseline_id, period, count(*) as family_size
    from ranked
    group by variant_id, comparator, baseline_id, period
),

compared as (
    select
        ranked.*,
        families.family_size,
        case when ranked.z > criticals.critical_value then 0 else 1 end as is_short
    from ranked
    inner join families
        on ranked.variant_id = families.variant_id
        and ranked.comparator = families.comparator
        and ranked.baseline_id = families.baseline_id
        and ranked.period = families.period
    left join {{ ref('critical_value') }} as criticals
        on criticals.distribution = 'normal_holm'
        and criticals.parameter = families.family_size - ranked.position + 1
)

select
    indicator_id, definition_version, variant_id, comparator, baseline_id, period, family_size,
    case when z is not null then sum(is_short) over (
        partition by variant_id, comparator, baseline_id, period
        order by position nulls last
        rows between unbounded preceding and current row) = 0 end as is_widened_adjusted
from compared
