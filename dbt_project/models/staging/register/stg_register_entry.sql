with source as (
    select * from {{ source('landed', 'register_entry') }}
),

renamed as (
    select
        {{ key('register_id') }},
        {{ key('entry_id') }},
        {{ key('item_id') }},
        {{ key('area_id') }},
        entry_name,
        valid_from,
        valid_to,
        {{ provenance() }}
    from source
)

select * from renamed
