{{ config(materialized='view') }}

-- growth within one area, counting unit, scope, method and unit; where both ends exist only in others it is refused
with evaluations as (
    select * from {{ ref('int_claim__evaluated') }} where metric_kind = 'volunteering'
),

cities as (
    select distinct city_id from {{ ref('dim_area') }}
),

counts as (
    select
        case when cities.city_id is null then counts.area_id else 'city' end as area,
        counts.period, counts.counting_unit, counts.scope, counts.method, counts.unit,
        {{ t_double('counts.value') }} as value,
        counts.status, counts.organisation_count
    from {{ ref('fct_volunteering') }} as counts
    left join cities on counts.area_id = cities.city_id
),

paired as (
    select
        evaluations.claim_id,
        evaluations.evaluation,
        evaluations.period,
        ended.value,
        begun.value as baseline_value,
        ended.organisation_count,
        case
            when ended.value is null or begun.value is null then 'incomplete'
            when begun.value <= 0 then 'missing_baseline'
            when ended.method <> 'counted' or ended.status = 'estimated' or begun.status = 'estimated'
                then 'only_estimated'
        end as unusable_reason
    from evaluations
    inner join counts as ended
        on evaluations.area = ended.area
        and evaluations.metric_of = ended.counting_unit
        and evaluations.method = ended.method
        and evaluations.period = ended.period
    inner join counts as begun
        on ended.area = begun.area
        and ended.counting_unit = begun.counting_unit
        and ended.scope = begun.scope
        and ended.method = begun.method
        and ended.unit = begun.unit
        and evaluations.baseline = begun.period
),

reported as (
    select
        evaluations.claim_id,
        evaluations.evaluation,
        evaluations.period,
        count(distinct counts.period) as end_count
    from evaluations
    inner join counts
        on evaluations.area = counts.area
        and evaluations.metric_of = counts.counting_unit
        and counts.period in (evaluations.period, evaluations.baseline)
    group by evaluations.claim_id, evaluations.evaluation, evaluations.period
),

grown as (
    select
        claim_id, evaluation, period, value, baseline_value, organisation_count, unusable_reason,
        {{ rnd('100 * (value / nullif(baseline_value, 0) - 1)', 6) }} as growth_pct
    from paired
)

select
    evaluations.claim_id,
    evaluations.evaluation,
    evaluations.period,
    {{ t_text('null') }} as variant_id,
    evaluations.to_on as measured_on,
    grown.growth_pct as estimate,
    grown.growth_pct as lower,
    grown.growth_pct as upper,
    grown.value as level_estimate,
    grown.baseline_value as baseline_estimate,
    cast(null as bigint) as denominator,
    cast(grown.organisation_count as bigint) as n,
    true as is_full_count,
    cast(null as double) as margin,
    cast(null as double) as rest_estimate,
    cast(null as double) as rest_lower,
    cast(null as double) as rest_upper,
    cast(null as double) as process_half_width,
    'pct' as unit,
    case
        when grown.claim_id is not null then grown.unusable_reason
        when reported.end_count = 2 then 'across_units'
        else 'no_data'
    end as unusable_reason
from evaluations
left join grown
    on evaluations.claim_id = grown.claim_id
    and evaluations.evaluation = grown.evaluation
    and evaluations.period = grown.period
left join reported
    on evaluations.claim_id = reported.claim_id
    and evaluations.evaluation = reported.evaluation
    and evaluations.period = reported.period
