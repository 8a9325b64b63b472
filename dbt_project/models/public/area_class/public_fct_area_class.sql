{% set words = ['status_class', 'dynamics_class', 'group_id', 'group_name_de', 'group_name_en'] %}
with judged as (
    select
        classes.*,
        {{ programme_of('classes.area_id') }} as programme,
        case
            when
                classes.reason_code = 'population_below_minimum'
                or classes.population < {{ number_of_rule('minimum_population', programme_of('classes.area_id')) }}
                then 'few_residents'
        end as hidden_reason
    from {{ ref('fct_area_class') }} as classes
    where
        {{ beside("'fct_area_class'", 'classes.area_id') }} in {{ named_by_rule('marts') }}
        and classes.period >= {{ number_of_rule('first_period', programme_of('classes.area_id')) }}
        and (
            classes.area_level in {{ named_by_rule('open_levels') }}
            or classes.area_level in {{ named_by_rule('rounded_levels') }}
        )
)

select
    index_id,
    index_name_de,
    index_name_en,
    period,
    area_level,
    area_id,
    case when hidden_reason is null then {{ printed_count('population') }} end as population,
    judged.minimum_population,
    is_valid,
    reason_code,
    reason_de,
    reason_en,
    {% for word in words %}
    case when hidden_reason is null then {{ word }} end as {{ word }},
    {% endfor %}
    frozen_period,
    is_frozen,
    hidden_reason is not null as is_hidden,
    hidden_reason,
    {{ t_text('null') }} as shown_at_level,
    is_synthetic
from judged
