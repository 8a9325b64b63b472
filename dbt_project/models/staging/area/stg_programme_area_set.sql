with source as (
    select * from {{ source('landed', 'programme__area_set') }}
),

renamed as (
    select
        variant_id,
        role,
        area_id,
        weight,
        valid_from,
        valid_to,
        {{ declared_at() }}
    from source
)

select * from renamed
