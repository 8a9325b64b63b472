{{ config(materialized='view') }}

-- an adopted sub-project is somewhere on every day from its adoption on: before its first status it has none
with statuses as (
    select
        projects.project_id,
        projects.generation_id,
        projects.adopted_on,
        history.status,
        history.valid_from,
        history.valid_to,
        history.is_in_stock,
        history.is_started_or_done
    from {{ ref('stg_project') }} as projects
    left join {{ ref('int_project__status') }} as history on projects.project_id = history.project_id
),

beginnings as (
    select project_id, generation_id, adopted_on, min(valid_from) as first_on
    from statuses
    group by project_id, generation_id, adopted_on
)

select
    project_id,
    generation_id,
    status,
    greatest(valid_from, adopted_on) as valid_from,
    valid_to,
    is_in_stock,
    is_started_or_done
from statuses
where status is not null and {{ open_end('valid_to') }} >= adopted_on
union all
select
    project_id,
    generation_id,
    {{ t_text('null') }} as status,
    adopted_on as valid_from,
    {{ day_before('first_on') }} as valid_to,
    true as is_in_stock,
    false as is_started_or_done
from beginnings
where {{ open_end('first_on') }} > adopted_on
