with source as (
    select * from {{ source('landed', 'register_entry') }}
),

renamed as (
    select
        register_id,
        entry_id,
        item_id,
        area_id,
        {{ provenance() }}
    from source
)

select * from renamed
