select *
from {{ ref('fct_claim_receipt') }}
where
    {{ beside("'fct_claim_receipt'", 'claim_id') }} in {{ named_by_rule('marts') }}
    and period >= {{ number_of_rule('first_period', programme_of('claim_id')) }}
