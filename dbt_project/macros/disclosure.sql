{# The rule of disclosure control (Geheimhaltung), where models apply it: disclosure.yml holds its numbers. #}

{# What the rule names: open_levels, rounded_levels, variants_with_figures, units_of_things or marts. In a state each as an id of its
   programme, so that a unit or a mart is asked for beside one. #}
{% macro named_by_rule(scope) %}
(select code from {{ ref('stg_programme_disclosure_scope') }} where scope = '{{ scope }}')
{%- endmacro %}

{# A number of the rule of a programme, by default that of the row; null without a rule, so that nothing compares with it. #}
{% macro number_of_rule(name, programme='programme') %}
{%- if var('is_state', false) -%}
(
        select max(rules.number)
        from (select programme as ruled_programme, {{ name }} as number from {{ ref('stg_programme_disclosure') }}) as rules
        where rules.ruled_programme = {{ programme }}
    )
{%- else -%}
(select {{ name }} from {{ ref('stg_programme_disclosure') }})
{%- endif -%}
{% endmacro %}

{# Most decimals of a ratio of `denominator` times `factor`, so that a step of the last is worth enough people; null where
   even whole numbers would tell too much. #}
{% macro protecting_decimals(denominator, factor, programme='programme') %}
{%- set least = number_of_rule('people_per_step', programme) ~ ' * ' ~ factor -%}
case
        {% for digits in [2, 1, 0] %}
        when {{ number_of_rule('most_decimals', programme) }} >= {{ digits }} and {{ t_double(denominator) }} / {{ 10 ** digits }} >= {{ least }}
            then {{ digits }}
        {% endfor %}
    end
{%- endmacro %}

{# A figure as it is printed, with 0 to 4 decimals: the nearest, half away from zero, or of a limit the next one outward
   (`side` lower or upper), so that the printed interval holds the true one. What is relative to one, as a ratio or a
   logarithm, has two decimals more than the rate. Outward in decimals, because 0.29 times 100 is less than 29 in doubles. #}
{% macro printed(expression, decimals, side='nearest') %}
case {{ decimals }}
        {% for digits in range(5) %}
        {% set steps = 10 ** digits %}
        {% set stepped = 'cast(' ~ expression ~ ' as decimal(28, 10)) * ' ~ steps %}
        when {{ digits }} then
            {%- if side == 'nearest' %} {{ rnd(expression, digits) }}
            {%- else %} {{ t_double(('floor(' if side == 'lower' else 'ceil(') ~ stepped ~ ')') }} / {{ steps }}
            {%- endif %}

        {% endfor %}
    end
{%- endmacro %}

{# A count of people as it is printed: the nearest multiple of the rounding base, or of a limit the next one outward. #}
{% macro printed_count(expression, side='nearest') %}
{%- set base = number_of_rule('rounding_base') -%}
{%- set steps = 'cast(' ~ expression ~ ' as decimal(28, 8)) / ' ~ base -%}
cast({{ {'nearest': 'round(' ~ steps ~ ', 0)', 'lower': 'floor(' ~ steps ~ ')', 'upper': 'ceil(' ~ steps ~ ')'}[side] }} * {{ base }} as bigint)
{%- endmacro %}

{# How the figures of an indicator are printed for a part of an area set: with the fewest decimals of any period, since
   changes rest on two, and hidden where one of its periods is. #}
{% macro printed_series() %}
    select
        indicator_id, definition_version, variant_id, role,
        min(decimals) as decimals,
        max(hidden_reason) as hidden_reason
    from {{ ref('public_fct_indicator_value') }}
    where area_kind = 'area_set' and territory = 'today'
    group by indicator_id, definition_version, variant_id, role
{%- endmacro %}

{# Names of protected tables: one per rate and period, per way of counting volunteers, per year of events. #}
{% macro table_of_indicator(row) %}
'indicator/' || {{ row }}.indicator_id || '/' || {{ t_text(row ~ '.definition_version') }} || '/' || {{ row }}.period
{%- endmacro %}

{% macro table_of_volunteers(row) %}
'volunteers/' || {{ row }}.counting_unit || '/' || {{ row }}.scope || '/' || {{ row }}.method || '/' || {{ row }}.period
{%- endmacro %}

{% macro table_of_participants(period, id) %}'participants/' || {{ beside(period, id) }}{% endmacro %}

{# The key of a row of a public form as one text. #}
{% macro row_key(columns) %}
{%- for column in columns %}{{ " || '|' || " if not loop.first }}coalesce({{ t_text(column) }}, ''){% endfor -%}
{% endmacro %}

{# An event as a piece of a table, as int_activity__placed names it. #}
{% macro event_piece(row) %}{{ row }}.source_id || ':' || {{ row }}.event_id{% endmacro %}
