select
    project_id,
    status,
    valid_from,
    valid_to,
    is_in_stock,
    is_started_or_done,
    decided_by,
    source_id,
    delivery_id,
    row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('int_project__status') }}
