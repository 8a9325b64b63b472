with source as (
    select * from {{ source('landed', 'project') }}
),

renamed as (
    select
        project_id,
        project_name,
        generation_id,
        round_id,
        family_id,
        lead_office,
        adopted_on,
        {{ provenance() }}
    from source
)

select * from renamed
