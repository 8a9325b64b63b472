with source as (
    select * from {{ source('landed', 'assessment') }}
),

renamed as (
    select
        proposal_id,
        project_id,
        round_id,
        criterion_id,
        is_met,
        is_recommended,
        reason,
        decided_by,
        path_step_id,
        decided_on,
        {{ provenance() }}
    from source
)

select * from renamed
