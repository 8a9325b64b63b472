with source as (
    select * from {{ source('landed', 'refresh__rejected_row') }}
),

renamed as (
    select
        table_name,
        {{ key('source_id') }},
        delivery_id,
        row_address,
        column_name,
        rule_id,
        sentence_de,
        sentence_en
    from source
)

select * from renamed
