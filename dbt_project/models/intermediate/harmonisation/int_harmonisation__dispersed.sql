{# Weighted coefficient of variation after Williamson (1965); Theil's T and mean logarithmic deviation after Theil
   (1967), x = 0 adding nothing to T and left out of the other. All three depend on which side of a share is named; the
   standard deviation of its log odds does not, and the areas at 0 or at the whole, which have none, are counted. #}
with weighted as (
    select * from {{ ref('int_harmonisation__weighted') }}
),

means as (
    select
        indicator_id, definition_version, area_level, period,
        {{ t_double('sum(' ~ t_exact('weight * value') ~ ')') }} as mean,
        {{ t_double('sum(' ~ t_exact('case when log_value is not null then weight end') ~ ')') }} as log_weight,
        {{ t_double('sum(' ~ t_exact('weight * log_value') ~ ')') }}
            / nullif({{ t_double('sum(' ~ t_exact('case when log_value is not null then weight end') ~ ')') }}, 0)
            as log_mean
    from weighted
    group by indicator_id, definition_version, area_level, period
)

select
    weighted.indicator_id, weighted.definition_version, weighted.area_level, weighted.period,
    means.mean,
    max(weighted.area_count) as area_count,
    count(*) as n,
    sum(case when weighted.value = 0 then 1 else 0 end) as zero_count,
    {{ t_double('sum(' ~ t_exact(
        'weighted.weight * (weighted.value - means.mean) * (weighted.value - means.mean)'
    ) ~ ')') }} as variance,
    {{ t_double('sum(' ~ t_exact(
        'case when weighted.is_relative and weighted.value > 0 and means.mean > 0 then weighted.weight'
        ~ ' * (weighted.value / means.mean) * ln(weighted.value / means.mean) end'
    ) ~ ')') }} as theil,
    {{ t_double('sum(' ~ t_exact(
        'case when weighted.is_relative and weighted.value > 0 and means.mean > 0'
        ~ ' then weighted.weight * ln(means.mean / weighted.value) end'
    ) ~ ')') }} as mean_log_deviation,
    count(weighted.log_value) as log_count,
    sqrt({{ t_double('sum(' ~ t_exact(
        'weighted.weight * (weighted.log_value - means.log_mean) * (weighted.log_value - means.log_mean)'
    ) ~ ')') }} / nullif(max(means.log_weight), 0)) as log_dispersion,
    min(weighted.value) >= 0 and means.mean > 0 and max(case when weighted.is_relative then 1 else 0 end) = 1 as is_relative
from weighted
inner join means
    on weighted.indicator_id = means.indicator_id
    and weighted.definition_version = means.definition_version
    and weighted.area_level = means.area_level
    and weighted.period = means.period
group by weighted.indicator_id, weighted.definition_version, weighted.area_level, weighted.period, means.mean
