with labels as (
    select subject, code, text_de, text_en from {{ ref('label') }}
    union all
    select 'reason_' || subject as subject, reason_code as code, sentence_de as text_de, sentence_en as text_en
    from {{ ref('reason') }}
)

select subject, code, text_de, text_en, {{ is_synthetic() }} as is_synthetic
from labels
