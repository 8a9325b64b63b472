{# What relative gaps and growth are ratios of: odds of a share, a ratio or count itself, null where a ratio means
   nothing (grades, balances) or a value lies outside. Ratios of odds do not depend on which side of a share is named. #}
{% macro odds(value, scale, whole) %}
case
            when {{ scale }} = 'share' and {{ value }} > 0 and {{ value }} < {{ whole }}
                then {{ value }} / ({{ whole }} - {{ value }})
            when {{ scale }} in ('ratio', 'count') and {{ value }} > 0 then {{ value }}
        end
{%- endmacro %}

{# What the logarithm of these odds is for a scale, in words. #}
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
