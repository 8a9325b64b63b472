with source as (
    select * from {{ source('landed', 'programme__programme') }}
),

renamed as (
    select
        default_variant,
        population_measure_id,
        activity_level,
        starts_on,
        ends_on,
        {{ declared_at() }}
    from source
)

select * from renamed
