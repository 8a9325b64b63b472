{{ config(meta={'sentence_de': 'nur gesperrte und fehlende Zahlen haben keinen Wert', 'sentence_en': 'only suppressed and missing figures have no value'}) }}
-- Missing, suppressed and zero are three things: a value is null exactly where the status says so.
select measure_id, area_id, period, source_id, value, status
from {{ ref('fct_measure') }}
where (value is null) <> (status in ('missing', 'suppressed'))
