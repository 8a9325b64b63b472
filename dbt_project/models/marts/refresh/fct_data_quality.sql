select
    check_id,
    table_name,
    gate,
    rule_id,
    column_name,
    severity,
    is_passed,
    cast(failed_count as bigint) as failed_count,
    observed,
    expected,
    sentence_de,
    sentence_en,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_refresh_check') }}
