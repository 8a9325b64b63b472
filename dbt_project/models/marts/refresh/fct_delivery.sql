select
    deliveries.delivery_id,
    deliveries.source_id,
    sources.name_de as source_name_de,
    sources.name_en as source_name_en,
    sources.publisher,
    deliveries.file_name,
    deliveries.media_type,
    cast(deliveries.size_bytes as bigint) as size_bytes,
    deliveries.received_at,
    deliveries.received_on,
    deliveries.publisher_version,
    deliveries.licence,
    deliveries.verdict,
    cast(deliveries.accepted_row_count as bigint) as accepted_row_count,
    cast(deliveries.rejected_row_count as bigint) as rejected_row_count,
    deliveries.reason,
    deliveries.is_synthetic or {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_refresh_delivery') }} as deliveries
left join {{ ref('stg_programme_source') }} as sources on deliveries.source_id = sources.source_id
