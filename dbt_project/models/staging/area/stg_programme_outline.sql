with source as (
    select * from {{ source('landed', 'programme__outline') }}
),

renamed as (
    select
        {{ key('area_id') }},
        crs,
        outline as outline_wkt,
        is_made_up,
        {{ declared_at() }}
    from source
)

select * from renamed
