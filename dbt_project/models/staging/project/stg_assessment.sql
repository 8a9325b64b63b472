with source as (
    select * from {{ source('landed', 'assessment') }}
),

renamed as (
    select
        {{ key('proposal_id') }},
        {{ key('project_id') }},
        {{ key('round_id') }},
        {{ key('criterion_id') }},
        is_met,
        is_recommended,
        reason,
        decided_by,
        {{ key('path_step_id') }},
        decided_on,
        {{ provenance() }}
    from source
)

select * from renamed
