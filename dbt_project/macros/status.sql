{# Order of figure statuses from best to worst; an aggregate takes the worst of its parts. #}

{% macro status_rank(expression) %}
case {{ expression }}
            when 'final' then 0
            when 'revised' then 1
            when 'provisional' then 2
            when 'estimated' then 3
            else 4
        end
{%- endmacro %}

{% macro status_of_rank(expression) %}
case {{ expression }}
            when 0 then 'final'
            when 1 then 'revised'
            when 2 then 'provisional'
            when 3 then 'estimated'
            else 'incomplete'
        end
{%- endmacro %}

{# The one rule of which periods of an indicator may be compared: a break parts those before it from its own and later. #}
{% macro parts(break, earlier, later) -%}
{{ break }}.severity = 'blocking' and {{ break }}.period > {{ earlier }} and {{ break }}.period <= {{ later }}
{%- endmacro %}
