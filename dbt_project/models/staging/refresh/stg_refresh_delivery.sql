with source as (
    select * from {{ source('landed', 'refresh__delivery') }}
),

renamed as (
    select
        delivery_id,
        source_id,
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
        reason
    from source
)

select * from renamed
