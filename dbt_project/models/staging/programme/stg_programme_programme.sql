with source as (
    select * from {{ source('landed', 'programme__programme') }}
),

renamed as (
    select
        programme_id,
        name as programme_name,
        city,
        default_variant,
        population_measure_id,
        activity_level,
        starts_on,
        ends_on,
        time_zone,
        {{ declared_at() }}
    from source
)

select * from renamed
