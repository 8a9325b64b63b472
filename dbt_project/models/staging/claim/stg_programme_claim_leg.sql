with source as (
    select * from {{ source('landed', 'programme__claim_leg') }}
),

renamed as (
    select
        {{ key('claim_id') }},
        {{ key('leg_claim_id') }},
        is_necessary,
        {{ declared_at() }}
    from source
)

select * from renamed
