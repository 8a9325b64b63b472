with source as (
    select * from {{ source('landed', 'programme__area') }}
),

renamed as (
    select
        {{ key('area_id') }},
        {{ key('area_level') }},
        area_code,
        area_name,
        {{ key('parent_id') }},
        {{ key('alternative_parent_id') }},
        {{ key('publication_unit_id') }},
        area_ha,
        valid_from,
        valid_to,
        {{ declared_at() }}
    from source
)

select * from renamed
