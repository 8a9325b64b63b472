with source as (
    select * from {{ source('landed', 'area_figure') }}
),

renamed as (
    select
        {{ key('measure_id') }},
        {{ key('area_level') }},
        {{ key('area_id') }},
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
