select
    claim_id,
    period,
    state,
    received_on,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_refresh_known') }}
