with source as (
    select * from {{ source('landed', 'programme__level') }}
),

renamed as (
    select
        {{ key('level', 'area_level') }},
        level_rank,
        name_de,
        name_en,
        {{ declared_at() }}
    from source
)

select * from renamed
