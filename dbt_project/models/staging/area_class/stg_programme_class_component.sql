with source as (
    select * from {{ source('landed', 'programme__class_component') }}
),

renamed as (
    select
        index_id,
        dimension,
        indicator_id,
        change_over_years,
        {{ declared_at() }}
    from source
)

select * from renamed
