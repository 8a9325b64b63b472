with source as (
    select * from {{ source('landed', 'programme__disclosure_scope') }}
),

renamed as (
    select
        scope,
        {{ key('code') }},
        {{ declared_at() }}
    from source
)

select * from renamed
