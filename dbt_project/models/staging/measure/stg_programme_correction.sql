with source as (
    select * from {{ source('landed', 'programme__correction') }}
),

renamed as (
    select
        {{ key('correction_id') }},
        table_name,
        {{ key('measure_id') }},
        {{ key('area_id') }},
        period,
        value,
        reason_de,
        reason_en,
        since as since_on,
        office,
        {{ declared_at() }}
    from source
)

select * from renamed
