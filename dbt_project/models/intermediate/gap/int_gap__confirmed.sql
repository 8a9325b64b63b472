-- whether all variants of the programme area, all baselines and both weightings say the same
with verdicts as (
    select changed.indicator_id, changed.definition_version, changed.comparator, changed.period, changed.verdict
    from {{ ref('int_gap__changed') }} as changed
    inner join {{ ref('stg_programme_variant') }} as variants on changed.variant_id = variants.variant_id
    where variants.purpose = 'programme' and changed.measure = 'absolute' and changed.is_deciding_reading and changed.verdict is not null
    union all
    select
        reweighted.indicator_id, reweighted.definition_version, reweighted.comparator, reweighted.period,
        reweighted.verdict
    from {{ ref('int_gap__reweighted') }} as reweighted
    inner join {{ ref('stg_programme_variant') }} as variants on reweighted.variant_id = variants.variant_id
    where variants.purpose = 'programme' and reweighted.verdict is not null
)

select
    indicator_id, definition_version, comparator, period,
    count(distinct verdict) = 1 as is_stable
from verdicts
group by indicator_id, definition_version, comparator, period
