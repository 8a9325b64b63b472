with source as (
    select * from {{ source('landed', 'programme__disclosure') }}
),

renamed as (
    select
        {{ landed_programme() }} as programme,
        minimum_count,
        minimum_complement,
        minimum_population,
        minimum_organisations,
        people_per_step,
        most_decimals,
        rounding_base,
        first_period,
        {{ declared_at() }}
    from source
)

select * from renamed
