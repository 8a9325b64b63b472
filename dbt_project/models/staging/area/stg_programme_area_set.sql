with source as (
    select * from {{ source('landed', 'programme__area_set') }}
),

renamed as (
    select
        {{ key('variant_id') }},
        role,
        {{ key('area_id') }},
        weight,
        valid_from,
        valid_to,
        {{ declared_at() }}
    from source
)

select * from renamed
