with source as (
    select * from {{ source('landed', 'project_event') }}
),

renamed as (
    select
        {{ key('project_id') }},
        status,
        status_on,
        decided_by,
        {{ provenance() }}
    from source
)

select * from renamed
