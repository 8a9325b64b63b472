{# What relative gaps are differences of: log odds of a share, logarithm of a ratio or count, null where a ratio means
   nothing (grades, balances) or a value lies outside. Log odds do not depend on which side of a share is named. #}
{% macro log_scaled(value, scale, whole) %}
case
            when {{ scale }} = 'share' and {{ value }} > 0 and {{ value }} < {{ whole }}
                then ln({{ value }} / ({{ whole }} - {{ value }}))
            when {{ scale }} in ('ratio', 'count') and {{ value }} > 0 then ln({{ value }})
        end
{%- endmacro %}

{# What log_scaled gives for a scale, in words. #}
{% macro log_measure(scale) %}
case when {{ scale }} = 'share' then 'log_odds' when {{ scale }} in ('ratio', 'count') then 'log' end
{%- endmacro %}

{# The verdict on a change with its limits against a margin; null limits decide nothing. #}
{% macro gap_verdict(lower, upper, margin) %}
case
        when {{ upper }} < -1 * {{ margin }} then 'narrowed'
        when {{ lower }} > {{ margin }} then 'widened'
        when {{ lower }} >= -1 * {{ margin }} and {{ upper }} <= {{ margin }} then 'unchanged'
        else 'undecidable'
    end
{%- endmacro %}
