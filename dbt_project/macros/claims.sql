{# The columns every family of claims is measured in, for a union. #}
{% macro claim_measured() %}
claim_id, evaluation, period, variant_id, measured_on, estimate, lower, upper, level_estimate, baseline_estimate,
        denominator, n, is_full_count, margin, rest_estimate, rest_lower, rest_upper, process_half_width, panel_estimate, panel_n, entered_n, left_n, unit, unusable_reason
{%- endmacro %}

{# The number of a class of an area, 1 the best: of status high to very_low, of dynamics positive to negative. #}
{% macro class_number(class) %}
case {{ class }}
            when 'high' then 1
            when 'medium' then 2
            when 'low' then 3
            when 'very_low' then 4
            when 'positive' then 1
            when 'stable' then 2
            when 'negative' then 3
        end
{%- endmacro %}

{# Those of them only reports of organisations have, for all other families. #}
{% macro without_panel() %}
cast(null as double) as panel_estimate,
    cast(null as bigint) as panel_n,
    cast(null as bigint) as entered_n,
    cast(null as bigint) as left_n
{%- endmacro %}

{# Those of them only gaps have. #}
{% macro without_margin() %}
cast(null as double) as margin,
    cast(null as double) as rest_estimate,
    cast(null as double) as rest_lower,
    cast(null as double) as rest_upper,
    cast(null as double) as process_half_width
{%- endmacro %}

{# Of `evaluations`, those between whose baseline and period lies a blocking break of the indicator. #}
{% macro across_a_break() %}
select distinct evaluations.claim_id, evaluations.evaluation, evaluations.period
    from evaluations
    inner join {{ ref('dim_comparability_break') }} as breaks
        on evaluations.metric_of = breaks.indicator_id
        and evaluations.definition_version = breaks.definition_version
        and {{ parts('breaks', 'evaluations.baseline_period', 'evaluations.period') }}
{%- endmacro %}

{# Growth in per cent of the later on the earlier value. #}
{% macro growth_pct(ended, begun) %}
100 * ({{ ended }} / nullif({{ begun }}, 0) - 1)
{%- endmacro %}

{# Limit of a growth in per cent, side -1 or 1, from (value, lower, upper) of both independent periods, by the method of
   variance estimates recovery for ratios (Donner and Zou 2012); null where the earlier value is not clearly above zero. #}
{% macro growth_limit(ended, begun, side) %}
{%- set own, far = (ended[1], begun[2]) if side < 0 else (ended[2], begun[1]) -%}
case
            when {{ begun[1] }} > 0 and {{ begun[2] }} < 2 * {{ begun[0] }}
                then 100 * (
                    (
                        {{ ended[0] }} * {{ begun[0] }} + ({{ side }}) * sqrt(
                            greatest(
                                {{ ended[0] }} * {{ begun[0] }} * {{ ended[0] }} * {{ begun[0] }}
                                - {{ own }} * (2 * {{ ended[0] }} - {{ own }}) * {{ far }} * (2 * {{ begun[0] }} - {{ far }}),
                                0
                            )
                        )
                    ) / ({{ far }} * (2 * {{ begun[0] }} - {{ far }})) - 1
                )
        end
{%- endmacro %}
