select
    delivery_id,
    source_id,
    source_name_de,
    source_name_en,
    publisher,
    received_on,
    licence,
    verdict,
    accepted_row_count,
    rejected_row_count,
    is_synthetic
from {{ ref('fct_delivery') }}
where {{ beside("'fct_delivery'", 'source_id') }} in {{ named_by_rule('marts') }}
