with source as (
    select * from {{ source('landed', 'contribution') }}
),

renamed as (
    select
        {{ key('contribution_id') }},
        contribution_kind,
        {{ key('round_id') }},
        submitted_on,
        state,
        {{ key('area_id') }},
        {{ key('project_id') }},
        {{ provenance() }}
    from source
)

select * from renamed
