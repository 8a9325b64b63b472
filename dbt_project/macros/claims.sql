{# The columns every family of claims is measured in, for a union. #}
{% macro claim_measured() %}
claim_id, evaluation, period, variant_id, measured_on, estimate, lower, upper, level_estimate, baseline_estimate,
        denominator, n, is_full_count, margin, rest_estimate, rest_lower, rest_upper, process_half_width, panel_estimate, panel_n, entered_n, left_n, unit, unusable_reason
{%- endmacro %}

{# Those of them only reports of organisations have, for all other families. #}
{% macro without_panel() %}
cast(null as double) as panel_estimate,
    cast(null as bigint) as panel_n,
    cast(null as bigint) as entered_n,
    cast(null as bigint) as left_n
{%- endmacro %}
