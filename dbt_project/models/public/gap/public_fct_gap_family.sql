select *
from {{ ref('fct_gap_family') }}
where
    'fct_gap_family' in {{ named_by_rule('marts') }}
    and period >= {{ number_of_rule('first_period') }}
