select
    event_id,
    event_format,
    event_on,
    {{ t_text('extract(year from event_on)') }} as period,
    area_id,
    cast(participant_count as bigint) as participant_count,
    cast(idea_count as bigint) as idea_count,
    source_id,
    delivery_id,
    row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_event') }}
