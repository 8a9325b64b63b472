with source as (
    select * from {{ source('landed', 'programme__area') }}
),

renamed as (
    select
        area_id,
        area_level,
        area_code,
        area_name,
        parent_id,
        alternative_parent_id,
        publication_unit_id,
        area_ha,
        valid_from,
        valid_to,
        {{ declared_at() }}
    from source
)

select * from renamed
