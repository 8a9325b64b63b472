{# Everything that differs between DuckDB and Spark. Models call these and write the portable subset otherwise. #}

{% macro t_text(expression) %}{{ return(adapter.dispatch('t_text', 'nordwaerts')(expression)) }}{% endmacro %}
{% macro default__t_text(expression) %}cast({{ expression }} as varchar){% endmacro %}
{% macro spark__t_text(expression) %}cast({{ expression }} as string){% endmacro %}

{% macro t_double(expression) %}cast({{ expression }} as double){% endmacro %}

{# Half away from zero at `digits` decimals on every engine: ties of doubles differ, ties of decimals do not. More than
   ten digits are for parts that must sum to their whole; such figures stay below 10^18. #}
{% macro rnd(expression, digits) %}
{%- set type = 'decimal(28, 10)' if digits <= 10 else 'decimal(38, 18)' -%}
cast(round(cast({{ expression }} as {{ type }}), {{ digits }}) as double)
{%- endmacro %}

{# A date from text YYYY-MM-DD, null where it is none. #}
{% macro try_date(expression) %}{{ return(adapter.dispatch('try_date', 'nordwaerts')(expression)) }}{% endmacro %}
{% macro default__try_date(expression) %}try_cast({{ expression }} as date){% endmacro %}
{% macro spark__try_date(expression) %}try_to_date({{ expression }}, 'yyyy-MM-dd'){% endmacro %}

{# The day before and the day after a date. On Spark dbt's own way leads through a moment with a zone, and where moments have
   none (profiles.yml) it gives null without an error. #}
{% macro day_before(expression) %}{{ return(adapter.dispatch('days_later', 'nordwaerts')(expression, -1)) }}{% endmacro %}
{% macro day_after(expression) %}{{ return(adapter.dispatch('days_later', 'nordwaerts')(expression, 1)) }}{% endmacro %}
{% macro default__days_later(expression, days) %}cast({{ dbt.dateadd('day', days, expression) }} as date){% endmacro %}
{% macro spark__days_later(expression, days) %}date_add({{ expression }}, {{ days }}){% endmacro %}

{# Makes every declared source readable under its own name: one view or external table per landed folder. #}
{% macro register_sources() %}
  {% if execute %}
    {% set landed = env_var('NORDWAERTS_LANDED', 'landed') | replace("'", "''") %}
    {% set schemas = [] %}
    {% for node in graph.sources.values() | sort(attribute='name') %}
      {% if node.schema not in schemas %}
        {% do schemas.append(node.schema) %}
        {% do run_query('create schema if not exists ' ~ node.schema) %}
      {% endif %}
      {% do adapter.dispatch('register_source', 'nordwaerts')(node, landed ~ '/' ~ node.name) %}
    {% endfor %}
  {% endif %}
{% endmacro %}

{# A state's landed tables lie in a folder per programme, `<table>/programme=<programme_id>/`; the build reads those many small
   files once, into tables of its own. #}
{% macro default__register_source(node, folder) %}
  {% if var('is_state', false) %}
    {% do run_query(
      'create or replace table ' ~ node.schema ~ '.' ~ node.identifier ~ " as select * from read_parquet('" ~ folder
      ~ "/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)"
    ) %}
  {% else %}
  {% do run_query(
    'create or replace view ' ~ node.schema ~ '.' ~ node.identifier
    ~ " as select * from read_parquet('" ~ folder ~ "/*.parquet', hive_partitioning = false)"
  ) %}
  {% endif %}
{% endmacro %}

{% macro spark__register_source(node, folder) %}
  {% do run_query('drop table if exists ' ~ node.schema ~ '.' ~ node.identifier) %}
  {% if var('is_state', false) %}
    {% do run_query(
      'create table ' ~ node.schema ~ '.' ~ node.identifier ~ ' using parquet as select * from parquet.`' ~ folder ~ '`'
    ) %}
  {% else %}
    {% do run_query(
      'create table ' ~ node.schema ~ '.' ~ node.identifier ~ " using parquet location '" ~ folder ~ "'"
    ) %}
  {% endif %}
{% endmacro %}
