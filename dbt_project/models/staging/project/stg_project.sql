with source as (
    select * from {{ source('landed', 'project') }}
),

renamed as (
    select
        {{ key('project_id') }},
        project_name,
        {{ key('generation_id') }},
        {{ key('round_id') }},
        {{ key('family_id') }},
        lead_office,
        adopted_on,
        {{ provenance() }}
    from source
)

select * from renamed
