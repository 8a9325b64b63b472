with source as (
    select * from {{ source('landed', 'programme__class_index') }}
),

renamed as (
    select
        index_id,
        period,
        name_de,
        name_en,
        area_level,
        population_measure_id,
        population_source_id,
        population_level,
        minimum_population,
        frozen_period,
        {{ declared_at() }}
    from source
)

select * from renamed
