{{ config(materialized='view') }}

-- Change of the spread between the areas of a level since the baseline, in per cent. The limits invert the test of
-- Pitman (1939) and Morgan (1939): with a = t sqrt((1 - r r) / df) the ratio of both standard deviations lies between
-- itself times sqrt(1 + a a) - a and times sqrt(1 + a a) + a, so the limits and sigma_verdict always say the same.
with evaluations as (
    select * from {{ ref('int_claim__evaluated') }} where metric_kind = 'harmonisation'
),

blocked as (
    select distinct evaluations.claim_id, evaluations.evaluation, evaluations.period
    from evaluations
    inner join {{ ref('dim_comparability_break') }} as breaks
        on evaluations.metric_of = breaks.indicator_id
        and evaluations.definition_version = breaks.definition_version
        and {{ parts('breaks', 'evaluations.baseline_period', 'evaluations.period') }}
),

compared as (
    select
        evaluations.claim_id, evaluations.evaluation, evaluations.period, evaluations.to_on,
        converged.n, converged.sigma_baseline, converged.sigma,
        converged.sigma / converged.sigma_baseline as ratio,
        case
            when converged.inference_refused_reason is null
                then
                    converged.critical_t
                    * sqrt(greatest(1 - converged.correlation * converged.correlation, 0) / converged.degrees_of_freedom)
        end as half_width,
        case
            when dispersed.indicator_id is null then 'no_data'
            when blocked.claim_id is not null then 'blocking_break'
            when converged.indicator_id is null then 'missing_baseline'
            when converged.inference_refused_reason = 'withheld_values' then 'withheld'
            when converged.inference_refused_reason is not null then 'not_testable'
        end as unusable_reason
    from evaluations
    left join {{ ref('int_harmonisation__dispersed') }} as dispersed
        on evaluations.metric_of = dispersed.indicator_id
        and evaluations.definition_version = dispersed.definition_version
        and evaluations.area = dispersed.area_level
        and evaluations.period = dispersed.period
    left join {{ ref('int_harmonisation__converged') }} as converged
        on evaluations.metric_of = converged.indicator_id
        and evaluations.definition_version = converged.definition_version
        and evaluations.area = converged.area_level
        and evaluations.period = converged.period
        and evaluations.baseline_period = converged.baseline_period
    left join blocked
        on evaluations.claim_id = blocked.claim_id
        and evaluations.evaluation = blocked.evaluation
        and evaluations.period = blocked.period
)

select
    claim_id,
    evaluation,
    period,
    {{ t_text('null') }} as variant_id,
    to_on as measured_on,
    {{ rnd('100 * (case when half_width is not null then ratio end - 1)', 6) }} as estimate,
    {{ rnd('100 * (ratio * (sqrt(1 + half_width * half_width) - half_width) - 1)', 6) }} as lower,
    {{ rnd('100 * (ratio * (sqrt(1 + half_width * half_width) + half_width) - 1)', 6) }} as upper,
    {{ rnd('sigma', 6) }} as level_estimate,
    {{ rnd('sigma_baseline', 6) }} as baseline_estimate,
    cast(null as bigint) as denominator,
    cast(n as bigint) as n,
    false as is_full_count,
    {{ without_margin() }},
    {{ without_panel() }},
    'pct' as unit,
    unusable_reason
from compared
