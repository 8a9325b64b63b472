select
    resolved.indicator_id,
    cast(resolved.definition_version as bigint) as definition_version,
    resolved.break_id,
    resolved.period,
    resolved.kind,
    resolved.severity,
    resolved.added_tolerance,
    breaks.note_de,
    breaks.note_en,
    breaks.source_text,
    breaks.delivery_id,
    breaks.row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('int_indicator__break') }} as resolved
inner join {{ ref('stg_programme_break') }} as breaks on resolved.break_id = breaks.break_id
