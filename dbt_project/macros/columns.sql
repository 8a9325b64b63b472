{# Columns that mean the same wherever they stand. #}

{# Landed provenance under its names in the marts. #}
{% macro provenance() %}
{{ key('_source', 'source_id') }},
        _table as table_name,
        _delivery as delivery_id,
        _row as row_address
{%- endmacro %}

{# Provenance of a declaration: its source and table are the programme folder itself. #}
{% macro declared_at() %}
_delivery as delivery_id,
        _row as row_address
{%- endmacro %}

{# Orders the rows of a group by the delivery they come from; a sum names the delivery of its first row. #}
{% macro delivery_position(group) %}
row_number() over (
            partition by {{ group }} order by source_id desc nulls last, delivery_id desc nulls last
        )
{%- endmacro %}

{# Source and delivery of a sum over rows with a `delivery_position`: of one row, so that together they were delivered. #}
{% macro named_delivery() %}
max(case when delivery_position = 1 then source_id end) as source_id,
        max(case when delivery_position = 1 then delivery_id end) as delivery_id
{%- endmacro %}

{# True where the refresh rests on synthetic sample deliveries. #}
{% macro is_synthetic() %}cast({{ var('is_synthetic', false) | lower }} as boolean){% endmacro %}

{# The type of a weight in [0, 1]: narrow, so that weight times figure keeps its digits on every engine. #}
{% macro t_weight(expression) %}cast({{ expression }} as decimal(9, 6)){% endmacro %}

{# A squared weight, as narrow as it may be. #}
{% macro t_square_weight(expression) %}cast({{ expression }} * {{ expression }} as decimal(9, 8)){% endmacro %}

{# The square of a figure below 10^11, with as many digits as leave room for a weight. Nineteen digits make DuckDB
   multiply in 128 bits. #}
{% macro t_square(expression) %}
cast(cast({{ expression }} as decimal(19, 3)) * cast({{ expression }} as decimal(19, 3)) as decimal(28, 6))
{%- endmacro %}

{# The type of a published sum of figures. Rounding first halves the time DuckDB takes for the cast. #}
{% macro t_sum(expression) %}cast(round({{ expression }}, 8) as decimal(28, 8)){% endmacro %}

{# A double as decimal, so that its sums do not depend on the order of rows. #}
{% macro t_exact(expression) %}cast({{ expression }} as decimal(38, 18)){% endmacro %}

{# An end date that compares: open validity lasts for ever. #}
{% macro open_end(expression) %}coalesce({{ expression }}, cast('9999-12-31' as date)){% endmacro %}

{# Last day of the year a period names. #}
{% macro period_end(expression) %}{{ try_date("substring(" ~ expression ~ ", 1, 4) || '-12-31'") }}{% endmacro %}

{# Key of the sums of a part of an area set. #}
{% macro reference_area_of_set(variant, role, territory) %}
{{ variant }} || '/' || {{ role }} || case when {{ territory }} = 'as_then' then '/as_then' else '' end
{%- endmacro %}
