with source as (
    select * from {{ source('landed', 'register_entry') }}
),

renamed as (
    select
        register_id,
        entry_id,
        item_id,
        area_id,
        entry_name,
        valid_from,
        valid_to,
        {{ provenance() }}
    from source
)

select * from renamed
