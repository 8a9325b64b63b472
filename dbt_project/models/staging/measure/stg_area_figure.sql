with source as (
    select * from {{ source('landed', 'area_figure') }}
),

renamed as (
    select
        measure_id,
        area_level,
        area_id,
        period,
        reference_on,
        value,
        symbol,
        status,
        unit,
        {{ provenance() }}
    from source
)

select * from renamed
