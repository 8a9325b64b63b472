with figures as (
    select
        measure_id, area_level, area_id, period, reference_on,
        cast(value as decimal(24, 8)) as value,
        cast(null as bigint) as n,
        unit, symbol, status, source_id, table_name, delivery_id, row_address,
        false as is_derived
    from {{ ref('stg_area_figure') }}
),

grades as (
    select tallied.*, areas.area_level
    from {{ ref('int_survey__tallied') }} as tallied
    inner join (select distinct area_id, area_level from {{ ref('stg_programme_area') }}) as areas
        on tallied.area_id = areas.area_id
    where tallied.grade_weight > 0
),

{% for suffix, column, unit in [
    ('weighted_sum', 'grade_weighted_sum', 'weighted_grades'), ('weight', 'grade_weight', 'weighted_answers')
] %}
grade_{{ suffix }} as (
    select
        item_id || '_{{ suffix }}' as measure_id, area_level, area_id, period,
        cast(null as date) as reference_on,
        {{ column }} as value,
        n,
        '{{ unit }}' as unit,
        {{ t_text('null') }} as symbol,
        'final' as status,
        source_id, table_name, delivery_id,
        {{ t_text('null') }} as row_address,
        true as is_derived
    from grades
),

{% endfor %}
unioned as (
    select * from figures
    union all
    select * from grade_weighted_sum
    union all
    select * from grade_weight
)

select *, {{ period_end('period') }} as period_end_on
from unioned
