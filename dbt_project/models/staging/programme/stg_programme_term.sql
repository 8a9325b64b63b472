with source as (
    select * from {{ source('landed', 'programme__term') }}
),

renamed as (
    select
        vocabulary,
        {{ key('term_id') }},
        term_rank,
        name_de,
        name_en,
        {{ declared_at() }}
    from source
)

select * from renamed
