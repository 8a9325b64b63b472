with source as (
    select * from {{ source('landed', 'programme__class_index') }}
),

renamed as (
    select
        {{ key('index_id') }},
        period,
        name_de,
        name_en,
        {{ key('area_level') }},
        {{ key('population_measure_id') }},
        {{ key('population_source_id') }},
        {{ key('population_level') }},
        minimum_population,
        frozen_period,
        {{ declared_at() }}
    from source
)

select * from renamed
