with scoped as (
    select
        panels.*,
        {{ programme_of('panels.area_id') }} as programme,
        {{ beside('panels.unit', 'panels.area_id') }} not in {{ named_by_rule('units_of_things') }} as is_of_people
    from {{ ref('fct_volunteering_panel') }} as panels
    inner join {{ ref('dim_area') }} as areas on panels.area_id = areas.area_id and areas.level_rank = 0
    where {{ beside("'fct_volunteering_panel'", 'panels.area_id') }} in {{ named_by_rule('marts') }} and panels.base_period >= {{ number_of_rule('first_period', programme_of('panels.area_id')) }}
),

judged as (
    select
        scoped.*,
        case when is_of_people then {{ protecting_decimals('base_value', '100') }} else {{ number_of_rule('most_decimals') }} end as decimals,
        case
            when value is null or base_value is null then null
            when least(organisation_count, base_organisation_count, panel_organisation_count) < {{ number_of_rule('minimum_organisations') }}
                then 'few_organisations'
            when is_of_people and least(value, base_value) < {{ number_of_rule('minimum_count') }} then 'protected'
            when is_of_people and {{ protecting_decimals('base_value', '100') }} is null then 'small_group'
        end as hidden_reason
    from scoped
)

select
    area_id,
    counting_unit,
    scope,
    method,
    period,
    base_period,
    unit,
    {% for figure in ['value', 'base_value'] %}
    case
        when hidden_reason is not null then null
        when is_of_people then {{ t_double(printed_count(figure)) }}
        else {{ rnd(figure, 2) }}
    end as {{ figure }},
    {% endfor %}
    case when hidden_reason is null then {{ printed('growth_pct', 'decimals') }} end as growth_pct,
    cast(case when hidden_reason is null then decimals end as bigint) as decimals,
    organisation_count,
    base_organisation_count,
    case when hidden_reason is null then {{ rnd('panel_growth_pct', 0) }} end as panel_growth_pct,
    panel_organisation_count,
    {{ rnd('panel_coverage_pct', 0) }} as panel_coverage_pct,
    entered_organisation_count,
    left_organisation_count,
    hidden_reason is not null as is_hidden,
    hidden_reason,
    {{ t_text('null') }} as shown_at_level,
    is_synthetic
from judged
