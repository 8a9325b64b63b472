with source as (
    select * from {{ source('landed', 'programme__claim_leg') }}
),

renamed as (
    select
        claim_id,
        leg_claim_id,
        is_necessary,
        {{ declared_at() }}
    from source
)

select * from renamed
