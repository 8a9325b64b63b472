with source as (
    select * from {{ source('landed', 'refresh__delivery') }}
),

renamed as (
    select
        delivery_id,
        {{ key('source_id') }},
        file_name,
        media_type,
        size_bytes,
        received_at,
        received_on,
        publisher_version,
        licence,
        is_synthetic,
        verdict,
        accepted_row_count,
        rejected_row_count,
        record_count,
        header_count,
        out_of_scope_count,
        footnote_count,
        accepted_record_count,
        rejected_record_count,
        reason
    from source
)

select * from renamed
