with sets as (
    select * from {{ ref('int_reference_area__unioned') }} where area_kind = 'area_set' and territory = 'today'
),

valued as (
    select * from {{ ref('int_indicator__valued') }} where area_kind = 'area_set' and territory = 'today'
),

changed as (
    select
        decomposed.indicator_id,
        decomposed.definition_version,
        sets.variant_id,
        sets.role,
        decomposed.baseline_period,
        decomposed.period,
        sourced.unit,
        later.value - early.value as change,
        {% for factor in ['share', 'age', 'rate'] %}
        {{ t_double('sourced.factor') }} * decomposed.{{ factor }}_effect as {{ factor }}_effect,
        {% endfor %}
        decomposed.has_age
    from {{ ref('int_indicator__decomposed') }} as decomposed
    inner join {{ ref('int_indicator__sourced') }} as sourced
        on decomposed.indicator_id = sourced.indicator_id
        and decomposed.definition_version = sourced.definition_version
    inner join sets
        on decomposed.reference_area_id = sets.reference_area_id
        and sourced.base_level = sets.member_level
    inner join valued as later
        on decomposed.indicator_id = later.indicator_id
        and decomposed.definition_version = later.definition_version
        and sets.variant_id = later.variant_id
        and sets.role = later.role
        and decomposed.period = later.period
    inner join valued as early
        on decomposed.indicator_id = early.indicator_id
        and decomposed.definition_version = early.definition_version
        and sets.variant_id = early.variant_id
        and sets.role = early.role
        and decomposed.baseline_period = early.period
    where later.value is not null and early.value is not null
),

components as (
    {% for component, expression, condition in [
        ('within', 'rate_effect', 'true'),
        ('mix', 'share_effect', 'true'),
        ('age', 'age_effect', 'has_age'),
        ('not_observed', 'change - rate_effect - share_effect - age_effect', 'true'),
    ] %}
    select
        indicator_id, definition_version, variant_id, role, baseline_period, period,
        '{{ component }}' as component, {{ expression }} as effect, change, unit
    from changed
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    indicator_id,
    cast(definition_version as bigint) as definition_version,
    variant_id,
    role,
    baseline_period,
    period,
    component,
    {{ rnd('effect', 14) }} as effect,
    {{ rnd('change', 14) }} as change,
    case when unit = 'pct' then 'pp' else unit end as change_unit,
    {{ is_synthetic() }} as is_synthetic
from components
