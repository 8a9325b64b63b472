with source as (
    select * from {{ source('landed', 'programme__class_exception') }}
),

renamed as (
    select
        index_id,
        period,
        area_id,
        reason_de,
        reason_en,
        {{ declared_at() }}
    from source
)

select * from renamed
