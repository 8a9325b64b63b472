{# Many programmes in one build (var is_state), as a state has them: one for each of its cities. Staging writes the programme
   before every id that a city declares or delivers, `elmstedt:bezirk-1`, so that what is joined, grouped or ordered by an id
   stays within its city. What has no id says here which programme it is about. In the build of one city the first three
   render an id as it is, and every row is of the same programme, named ''. #}

{# An id in staging; `unless` says of which rows it is a word of ours and no id. #}
{% macro key(column, name=none, unless=none) %}
{%- set named = ' as ' ~ (name or column) -%}
{%- if not var('is_state', false) -%}
{{ column }}{{ named if name }}
{%- elif unless -%}
case when {{ unless }} then {{ column }} else programme || ':' || {{ column }} end{{ named }}
{%- else -%}
programme || ':' || {{ column }}{{ named }}
{%- endif -%}
{% endmacro %}

{# A word of ours as an id of the programme another id belongs to, such as a measure that only models name. #}
{% macro beside(word, id) %}
{{ programme_of(id) ~ " || ':' || " if var('is_state', false) }}{{ word }}
{%- endmacro %}

{# An id as its city names it, to compare it with a word. #}
{% macro own_name(id) %}
{%- if var('is_state', false) -%}
substring({{ id }}, length(split_part({{ id }}, ':', 1)) + 2)
{%- else -%}
{{ id }}
{%- endif -%}
{% endmacro %}

{# The programme a row of staging was landed for. #}
{% macro landed_programme() %}{{ 'programme' if var('is_state', false) else "''" }}{% endmacro %}

{# The programme an id belongs to. #}
{% macro programme_of(id) %}{{ "split_part(" ~ id ~ ", ':', 1)" if var('is_state', false) else "''" }}{% endmacro %}

{# Whether two ids belong to the same programme. #}
{% macro same_programme(one, other) %}
{{ programme_of(one) ~ ' = ' ~ programme_of(other) if var('is_state', false) else 'true' }}
{%- endmacro %}
