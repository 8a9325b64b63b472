with source as (
    select * from {{ source('landed', 'programme__programme') }}
),

renamed as (
    select
        {{ landed_programme() }} as programme,
        {{ key('default_variant') }},
        {{ key('population_measure_id') }},
        {{ key('activity_level') }},
        starts_on,
        ends_on,
        {{ declared_at() }}
    from source
)

select * from renamed
