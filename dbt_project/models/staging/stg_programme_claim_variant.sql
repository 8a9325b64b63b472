with source as (
    select * from {{ source('landed', 'programme__claim_variant') }}
),

renamed as (
    select
        variant_id,
        {{ declared_at() }}
    from source
)

select * from renamed
