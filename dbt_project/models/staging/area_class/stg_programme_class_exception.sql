with source as (
    select * from {{ source('landed', 'programme__class_exception') }}
),

renamed as (
    select
        {{ key('index_id') }},
        period,
        {{ key('area_id') }},
        reason_de,
        reason_en,
        {{ declared_at() }}
    from source
)

select * from renamed
