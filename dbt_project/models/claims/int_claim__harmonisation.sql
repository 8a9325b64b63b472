{{ config(materialized='view') }}

-- Change of the spread between the areas of a level since the baseline; it is the same for every variant.
with evaluations as (
    select * from {{ ref('int_claim__evaluated') }} where metric_kind = 'harmonisation'
),

spreads as (
    select * from {{ ref('fct_harmonisation') }} where is_default_variant or variant_id is null
),

blocked as (
    {{ across_a_break() }}
),

compared as (
    select
        evaluations.claim_id, evaluations.evaluation, evaluations.period, evaluations.to_on,
        case when spreads.baseline_period = evaluations.baseline_period then spreads.pair_count end as n,
        {% for figure in ['sigma_change_pct', 'sigma_change_lower_pct', 'sigma_change_upper_pct', 'sigma', 'sigma_baseline'] %}
        case when spreads.baseline_period = evaluations.baseline_period then spreads.{{ figure }} end as {{ figure }},
        {% endfor %}
        case
            when spreads.indicator_id is null then 'no_data'
            when blocked.claim_id is not null then 'blocking_break'
            when spreads.baseline_period is null or spreads.baseline_period <> evaluations.baseline_period
                then 'missing_baseline'
            when spreads.inference_refused_reason = 'withheld_values' then 'withheld'
            when spreads.inference_refused_reason is not null then 'not_testable'
        end as unusable_reason
    from evaluations
    left join spreads
        on evaluations.metric_of = spreads.indicator_id
        and evaluations.definition_version = spreads.definition_version
        and evaluations.area = spreads.area_level
        and evaluations.period = spreads.period
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
    sigma_change_pct as estimate,
    sigma_change_lower_pct as lower,
    sigma_change_upper_pct as upper,
    sigma as level_estimate,
    sigma_baseline as baseline_estimate,
    cast(null as bigint) as denominator,
    n,
    false as is_full_count,
    {{ without_margin() }},
    {{ without_panel() }},
    'pct' as unit,
    unusable_reason
from compared
