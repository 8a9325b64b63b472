select *
from {{ ref('fct_claim_receipt') }}
where
    'fct_claim_receipt' in {{ named_by_rule('marts') }}
    and period >= {{ number_of_rule('first_period') }}
