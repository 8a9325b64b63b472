{# The change since the deciding baseline had the denominators of the later period held in both: what is left when
   nobody moves between areas. Second weighting of each verdict. #}
with sets as (
    select reference_area_id, variant_id, role, member_level
    from {{ ref('int_reference_area__unioned') }}
    where area_kind = 'area_set' and territory = 'today'
),

reweighted as (
    select
        decomposed.indicator_id, decomposed.definition_version, sets.variant_id, sets.role,
        decomposed.baseline_period, decomposed.period,
        {{ t_double('sourced.factor') }} * decomposed.baseline_at_later_weights as baseline_value
    from {{ ref('int_indicator__decomposed') }} as decomposed
    inner join {{ ref('int_indicator__sourced') }} as sourced
        on decomposed.indicator_id = sourced.indicator_id
        and decomposed.definition_version = sourced.definition_version
    inner join sets on decomposed.reference_area_id = sets.reference_area_id and sourced.base_level = sets.member_level
),

gaps as (
    {% for comparator, role, same_variant in [
        ("'rest'", 'rest', true), ("'city'", 'city', true), ('other.variant_id', 'comparison', false)
    ] %}
    select
        programme.indicator_id, programme.definition_version, programme.variant_id, {{ comparator }} as comparator,
        programme.period, programme.baseline_value - other.baseline_value as baseline_gap
    from reweighted as programme
    inner join reweighted as other
        on programme.indicator_id = other.indicator_id
        and programme.definition_version = other.definition_version
        and programme.period = other.period
        and other.role = '{{ role }}'
        {% if same_variant %}and programme.variant_id = other.variant_id{% endif %}
    where programme.role = 'programme'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    changed.indicator_id, changed.definition_version, changed.variant_id, changed.comparator, changed.baseline_id,
    changed.period,
    changed.gap - gaps.baseline_gap as change,
    {% set change = 'changed.sign * (changed.gap - gaps.baseline_gap)' %}
    case when changed.has_own_verdict then {{ gap_verdict(
        rnd(change ~ ' - changed.disadvantage_below', 6),
        rnd(change ~ ' + changed.disadvantage_above', 6),
        'changed.margin'
    ) }} end as verdict
from {{ ref('int_gap__changed') }} as changed
inner join gaps
    on changed.indicator_id = gaps.indicator_id
    and changed.definition_version = gaps.definition_version
    and changed.variant_id = gaps.variant_id
    and changed.comparator = gaps.comparator
    and changed.period = gaps.period
where
    changed.measure = 'absolute'
    and changed.is_deciding_reading
    and changed.is_deciding
    and changed.disadvantage_change is not null
