select
    table_name,
    source_id,
    delivery_id,
    row_address,
    column_name,
    rule_id,
    sentence_de,
    sentence_en,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_refresh_rejected_row') }}
