with source as (
    select * from {{ source('landed', 'refresh__check') }}
),

renamed as (
    select
        {{ key('check_id') }},
        table_name,
        gate,
        rule_id,
        column_name,
        severity,
        is_passed,
        failed_count,
        observed,
        expected,
        sentence_de,
        sentence_en
    from source
)

select * from renamed
