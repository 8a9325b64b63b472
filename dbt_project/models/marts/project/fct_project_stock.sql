{% set statuses = [
    'initiated', 'qualifying', 'idea_store', 'planned', 'started', 'done', 'shelved', 'merged', 'handed_over'
] %}

with lives as (
    select * from {{ ref('int_project__life') }}
),

grouped as (
    select generation_id, status, valid_from, valid_to, is_in_stock, is_started_or_done from lives
    union all
    select {{ beside("'all'", 'project_id') }} as generation_id, status, valid_from, valid_to, is_in_stock, is_started_or_done from lives
),

changes as (
    select generation_id, valid_from as changed_on, status, is_in_stock, is_started_or_done, 1 as step
    from grouped
    union all
    select
        generation_id,
        {{ day_after('valid_to') }} as changed_on,
        status, is_in_stock, is_started_or_done,
        -1 as step
    from grouped
    where valid_to is not null
),

days as (
    select
        generation_id,
        changed_on,
        {% for status in statuses %}
        sum(case when status = '{{ status }}' then step else 0 end) as {{ status }},
        {% endfor %}
        sum(case when status is null then step else 0 end) as without_status,
        sum(case when is_started_or_done then step else 0 end) as started_or_done,
        sum(case when is_in_stock then step else 0 end) as stock,
        sum(step) as ever_adopted
    from changes
    group by generation_id, changed_on
),

running as (
    select
        generation_id,
        changed_on,
        lead(changed_on) over (partition by generation_id order by changed_on nulls last) as next_on,
        {% for column in statuses + ['without_status', 'started_or_done', 'stock', 'ever_adopted'] %}
        sum({{ column }}) over (
            partition by generation_id order by changed_on nulls last
            rows between unbounded preceding and current row
        ) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from days
),

denominated as (
    select
        running.*,
        'stock' as denominator_id,
        'Bestand: am Tag beschlossen und weder zurückgestellt noch zusammengelegt noch an einen Fachbereich übergeben'
            as denominator_definition_de,
        'stock: adopted by the day and neither shelved nor merged nor handed over' as denominator_definition_en,
        stock as denominator
    from running
    union all
    select
        running.*,
        'ever_adopted' as denominator_id,
        'jemals beschlossen: am Tag beschlossen, auch wenn inzwischen ausgeschieden' as denominator_definition_de,
        'ever adopted: adopted by the day, also if it has left since' as denominator_definition_en,
        ever_adopted as denominator
    from running
)

select
    denominator_id,
    generation_id,
    changed_on as valid_from,
    {{ day_before('next_on') }} as valid_to,
    {% for status in statuses %}
    cast({{ status }} as bigint) as {{ status }}_count,
    {% endfor %}
    cast(without_status as bigint) as without_status_count,
    cast(started_or_done as bigint) as started_or_done_count,
    cast(denominator as bigint) as denominator_count,
    {{ rnd('100 * ' ~ t_double('started_or_done') ~ ' / nullif(' ~ t_double('denominator') ~ ', 0)', 6) }}
        as started_or_done_pct,
    denominator_definition_de,
    denominator_definition_en,
    {{ is_synthetic() }} as is_synthetic
from denominated
