with source as (
    select * from {{ source('landed', 'programme__class_component') }}
),

renamed as (
    select
        {{ key('index_id') }},
        dimension,
        {{ key('indicator_id') }},
        change_over_years,
        {{ declared_at() }}
    from source
)

select * from renamed
