with source as (
    select * from {{ source('landed', 'programme__variant') }}
),

renamed as (
    select
        {{ key('variant_id') }},
        purpose,
        {{ declared_at() }}
    from source
)

select * from renamed
