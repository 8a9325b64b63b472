with source as (
    select * from {{ source('landed', 'programme__variant') }}
),

renamed as (
    select
        variant_id,
        name_de,
        name_en,
        purpose,
        {{ declared_at() }}
    from source
)

select * from renamed
