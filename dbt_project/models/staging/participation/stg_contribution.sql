with source as (
    select * from {{ source('landed', 'contribution') }}
),

renamed as (
    select
        contribution_id,
        contribution_kind,
        round_id,
        submitted_on,
        state,
        area_id,
        project_id,
        {{ provenance() }}
    from source
)

select * from renamed
