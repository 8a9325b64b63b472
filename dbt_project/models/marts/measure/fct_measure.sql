select
    measure_id,
    area_level,
    area_id,
    period,
    reference_on,
    value,
    n,
    unit,
    symbol,
    status,
    is_derived,
    source_id,
    table_name,
    delivery_id,
    row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('int_measure__unioned') }}
