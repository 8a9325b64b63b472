{{ config(materialized='view') }}

-- of several statuses taken on one day the furthest counts; a status lasts to the eve of the next
with ranked as (
    select
        project_id, status, status_on, decided_by, source_id, delivery_id, row_address,
        row_number() over (
            partition by project_id, status_on
            order by
                case status
                    when 'initiated' then 0
                    when 'qualifying' then 1
                    when 'idea_store' then 2
                    when 'planned' then 3
                    when 'started' then 4
                    when 'done' then 5
                    when 'shelved' then 6
                    when 'merged' then 7
                    when 'handed_over' then 8
                    else 9
                end desc nulls last,
                row_address nulls last
        ) as position
    from {{ ref('stg_project_event') }}
),

followed as (
    select
        project_id, status, status_on, decided_by, source_id, delivery_id, row_address,
        lead(status_on) over (partition by project_id order by status_on nulls last) as next_on
    from ranked
    where position = 1
)

select
    project_id,
    status,
    status_on as valid_from,
    {{ day_before('next_on') }} as valid_to,
    status not in ('merged', 'handed_over', 'shelved') as is_in_stock,
    status in ('started', 'done') as is_started_or_done,
    decided_by, source_id, delivery_id, row_address
from followed
