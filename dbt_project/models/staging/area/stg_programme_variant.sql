with source as (
    select * from {{ source('landed', 'programme__variant') }}
),

renamed as (
    select
        variant_id,
        purpose,
        {{ declared_at() }}
    from source
)

select * from renamed
