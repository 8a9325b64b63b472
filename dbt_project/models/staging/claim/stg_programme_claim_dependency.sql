with source as (
    select * from {{ source('landed', 'programme__claim_dependency') }}
),

renamed as (
    select
        claim_id,
        depends_on,
        {{ declared_at() }}
    from source
)

select * from renamed
