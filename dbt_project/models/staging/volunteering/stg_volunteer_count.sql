with source as (
    select * from {{ source('landed', 'volunteer_count') }}
),

renamed as (
    select
        organisation_id,
        area_id,
        period,
        reference_on,
        counting_unit,
        method,
        value,
        symbol,
        status,
        unit,
        {{ provenance() }}
    from source
)

select * from renamed
