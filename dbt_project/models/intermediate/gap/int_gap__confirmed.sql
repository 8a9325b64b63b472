-- whether all variants of the programme area, all baselines and both weightings say the same; a part of it, or a comparison
-- set, is asked about itself alone
with verdicts as (
    select indicator_id, definition_version, variant_id, comparator, period, verdict
    from {{ ref('int_gap__changed') }}
    where measure = 'absolute' and is_deciding_reading and verdict is not null
    union all
    select indicator_id, definition_version, variant_id, comparator, period, verdict
    from {{ ref('int_gap__reweighted') }}
    where verdict is not null
),

asked as (
    select variant_id, case when purpose = 'programme' then purpose else variant_id end as asked_together
    from {{ ref('stg_programme_variant') }}
),

agreement as (
    select
        verdicts.indicator_id, verdicts.definition_version, asked.asked_together, verdicts.comparator, verdicts.period,
        count(distinct verdicts.verdict) = 1 as is_stable
    from verdicts
    inner join asked on verdicts.variant_id = asked.variant_id
    group by
        verdicts.indicator_id, verdicts.definition_version, asked.asked_together, verdicts.comparator, verdicts.period
)

select
    agreement.indicator_id, agreement.definition_version, asked.variant_id, agreement.comparator, agreement.period,
    agreement.is_stable
from agreement
inner join asked
    on agreement.asked_together = asked.asked_together
    and {{ same_programme('agreement.indicator_id', 'asked.variant_id') }}
