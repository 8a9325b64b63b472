{{ config(materialized='view') }}

-- growth within one area, counting unit, scope, method and unit; where both ends exist only in others it is refused. Reports
-- are not people: the limits reach from the growth of all reports to that of the organisations that reported in both years
with evaluations as (
    select * from {{ ref('int_claim__evaluated') }} where metric_kind = 'volunteering'
),

cities as (
    select distinct city_id from {{ ref('dim_area') }}
),

counts as (
    select
        case when cities.city_id is null then counts.area_id else 'city' end as area,
        counts.area_id, counts.period, counts.counting_unit, counts.scope, counts.method, counts.unit, counts.status
    from {{ ref('fct_volunteering') }} as counts
    left join cities on counts.area_id = cities.city_id
),

paired as (
    select
        evaluations.claim_id,
        evaluations.evaluation,
        evaluations.period,
        {{ t_double('panels.value') }} as value,
        {{ t_double('panels.base_value') }} as baseline_value,
        panels.growth_pct,
        panels.panel_growth_pct,
        panels.organisation_count,
        panels.panel_organisation_count,
        panels.entered_organisation_count,
        panels.left_organisation_count,
        case
            when panels.value is null or panels.base_value is null then 'incomplete'
            when panels.base_value <= 0 then 'missing_baseline'
            when ended.method <> 'counted' or ended.status = 'estimated' or begun.status = 'estimated'
                then 'only_estimated'
            when panels.panel_coverage_pct < {{ minimum_panel_pct() }} or panels.panel_growth_pct is null
                then 'few_common_organisations'
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
    inner join {{ ref('fct_volunteering_panel') }} as panels
        on ended.area_id = panels.area_id
        and ended.counting_unit = panels.counting_unit
        and ended.scope = panels.scope
        and ended.method = panels.method
        and ended.unit = panels.unit
        and ended.period = panels.period
        and begun.period = panels.base_period
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
)

select
    evaluations.claim_id,
    evaluations.evaluation,
    evaluations.period,
    {{ t_text('null') }} as variant_id,
    evaluations.to_on as measured_on,
    paired.growth_pct as estimate,
    least(paired.growth_pct, paired.panel_growth_pct) as lower,
    greatest(paired.growth_pct, paired.panel_growth_pct) as upper,
    paired.value as level_estimate,
    paired.baseline_value as baseline_estimate,
    cast(null as bigint) as denominator,
    paired.organisation_count as n,
    false as is_full_count,
    {{ without_margin() }},
    paired.panel_growth_pct as panel_estimate,
    paired.panel_organisation_count as panel_n,
    paired.entered_organisation_count as entered_n,
    paired.left_organisation_count as left_n,
    'pct' as unit,
    case
        when paired.claim_id is not null then paired.unusable_reason
        when reported.end_count = 2 then 'across_units'
        else 'no_data'
    end as unusable_reason
from evaluations
left join paired
    on evaluations.claim_id = paired.claim_id
    and evaluations.evaluation = paired.evaluation
    and evaluations.period = paired.period
left join reported
    on evaluations.claim_id = reported.claim_id
    and evaluations.evaluation = reported.evaluation
    and evaluations.period = reported.period
