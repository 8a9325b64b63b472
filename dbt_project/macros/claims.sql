{# The columns every family of claims is measured in, for a union. #}
{% macro claim_measured() %}
claim_id, evaluation, period, variant_id, measured_on, estimate, lower, upper, level_estimate, baseline_estimate,
        denominator, n, is_full_count, margin, rest_estimate, rest_lower, rest_upper, process_half_width, unit, unusable_reason
{%- endmacro %}
