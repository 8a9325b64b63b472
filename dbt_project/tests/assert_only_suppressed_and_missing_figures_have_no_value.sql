-- Missing, suppressed and zero are three things: a value is null exactly where the status says so.
select measure_id, area_id, period, source_id, value, status
from {{ ref('fct_measure') }}
where (value is null) <> (status in ('missing', 'suppressed'))
