with source as (
    select * from {{ source('landed', 'programme__source') }}
),

renamed as (
    select
        {{ key('source_id') }},
        name_de,
        name_en,
        publisher,
        licence,
        {{ declared_at() }}
    from source
)

select * from renamed
