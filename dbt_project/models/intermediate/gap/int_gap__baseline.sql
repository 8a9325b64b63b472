-- the mean gap over the periods of a baseline, where all of them have one; single periods are independent
select
    compared.indicator_id,
    compared.definition_version,
    compared.variant_id,
    compared.comparator,
    compared.measure,
    compared.reading,
    baselines.baseline_id,
    {{ t_double('sum(' ~ t_exact('compared.gap') ~ ')') }} / count(compared.gap) as gap,
    sqrt({{ t_double('sum(' ~ t_exact('compared.distance_to_lower * compared.distance_to_lower') ~ ')') }})
        / count(compared.gap) as distance_to_lower,
    sqrt({{ t_double('sum(' ~ t_exact('compared.distance_to_upper * compared.distance_to_upper') ~ ')') }})
        / count(compared.gap) as distance_to_upper,
    min(compared.remainder) as least_remainder,
    max(compared.remainder) as greatest_remainder,
    max(case when compared.is_short then 1 else 0 end) = 1 as is_short
from {{ ref('int_gap__compared') }} as compared
inner join {{ ref('int_indicator__sourced') }} as sourced
    on compared.indicator_id = sourced.indicator_id
    and compared.definition_version = sourced.definition_version
inner join {{ ref('stg_programme_baseline') }} as baselines
    on compared.period between baselines.first_period and baselines.last_period
    and {{ same_programme('compared.indicator_id', 'baselines.baseline_id') }}
    and (baselines.is_for_all or baselines.baseline_id = sourced.baseline_id)
group by
    compared.indicator_id, compared.definition_version, compared.variant_id, compared.comparator, compared.measure,
    compared.reading, baselines.baseline_id, baselines.first_period, baselines.last_period
having
    count(compared.gap)
    = cast(baselines.last_period as integer) - cast(baselines.first_period as integer) + 1
