with source as (
    select * from {{ source('landed', 'volunteer_count') }}
),

renamed as (
    select
        {{ key('organisation_id') }},
        {{ key('area_id') }},
        period,
        reference_on,
        {{ key('counting_unit') }},
        method,
        value,
        symbol,
        status,
        unit,
        {{ provenance() }}
    from source
)

select * from renamed
