select *
from {{ ref('fct_gap_family') }}
where
    {{ beside("'fct_gap_family'", 'variant_id') }} in {{ named_by_rule('marts') }}
    and period >= {{ number_of_rule('first_period', programme_of('variant_id')) }}
