{{ config(materialized='view') }}

-- figures as counted: of the area itself, or of the city as the sum over all areas of the finest level that is whole
with evaluations as (
    select * from {{ ref('int_claim__evaluated') }} where metric_kind = 'measure'
),

areas as (
    select area_id, area_level, city_id, area_id = city_id as is_city, valid_from, {{ open_end('valid_to') }} as valid_to
    from {{ ref('dim_area') }}
),

figures as (
    select
        figures.measure_id, figures.period, figures.area_level, figures.area_id, figures.source_id, figures.unit,
        {{ t_double('figures.value') }} as value,
        figures.value as exact_value,
        figures.status
    from {{ ref('fct_measure') }} as figures
),

expected as (
    select figures.measure_id, figures.period, figures.area_level, figures.source_id, count(distinct areas.area_id) as area_count
    from (select distinct measure_id, period, area_level, source_id from figures) as figures
    inner join areas
        on figures.area_level = areas.area_level
        and {{ period_end('figures.period') }} between areas.valid_from and areas.valid_to
    group by figures.measure_id, figures.period, figures.area_level, figures.source_id
),

summed as (
    select
        figures.measure_id, figures.period, figures.area_level, figures.source_id,
        max(figures.unit) as unit,
        {{ t_double(t_sum('sum(figures.exact_value)')) }} as value,
        count(figures.value) = max(expected.area_count) as is_whole,
        max(case when figures.status = 'estimated' then 1 else 0 end) = 1 as is_estimated,
        max(expected.area_count) as area_count
    from figures
    inner join expected
        on figures.measure_id = expected.measure_id
        and figures.period = expected.period
        and figures.area_level = expected.area_level
        and figures.source_id = expected.source_id
    group by figures.measure_id, figures.period, figures.area_level, figures.source_id
),

-- delivered for the city before summed, of sums the one over the most areas
of_city as (
    select
        *,
        row_number() over (
            partition by measure_id, period
            order by case when area_count = 1 then 0 else 1 end, area_count desc nulls last, source_id nulls last
        ) as position
    from summed
),

of_area as (
    select
        *,
        row_number() over (partition by measure_id, period, area_id order by source_id nulls last) as position
    from figures
),

known as (
    select
        'city' as area, measure_id, period, unit, is_estimated, is_whole, case when is_whole then value end as value
    from of_city
    where position = 1
    union all
    select
        area_id as area, measure_id, period, unit, status = 'estimated' as is_estimated, value is not null as is_whole, value
    from of_area
    where position = 1
),

compared as (
    select
        evaluations.claim_id, evaluations.evaluation, evaluations.period, evaluations.claim_type,
        evaluations.to_on as measured_on,
        ended.unit,
        ended.value,
        begun.value as baseline_value,
        case evaluations.claim_type
            when 'direction' then ended.value - begun.value
            when 'growth' then {{ growth_pct('ended.value', 'begun.value') }}
            else ended.value
        end as estimate,
        case
            when ended.measure_id is null then 'no_data'
            when not ended.is_whole then 'incomplete'
            when ended.is_estimated then 'only_estimated'
            when evaluations.claim_type not in ('direction', 'growth') then null
            when begun.value is null then 'missing_baseline'
            when begun.is_estimated then 'only_estimated'
            when evaluations.claim_type = 'growth' and begun.value <= 0 then 'baseline_near_zero'
        end as unusable_reason
    from evaluations
    left join known as ended
        on evaluations.metric_of = ended.measure_id
        and evaluations.area = ended.area
        and evaluations.period = ended.period
    left join known as begun
        on evaluations.metric_of = begun.measure_id
        and evaluations.area = begun.area
        and evaluations.baseline_period = begun.period
)

select
    claim_id,
    evaluation,
    period,
    {{ t_text('null') }} as variant_id,
    measured_on,
    {{ rnd('estimate', 6) }} as estimate,
    {{ rnd('estimate', 6) }} as lower,
    {{ rnd('estimate', 6) }} as upper,
    value as level_estimate,
    baseline_value as baseline_estimate,
    cast(null as bigint) as denominator,
    cast(null as bigint) as n,
    true as is_full_count,
    {{ without_margin() }},
    {{ without_panel() }},
    case
        when claim_type = 'growth' then 'pct'
        when claim_type = 'direction' and unit = 'pct' then 'pp'
        else unit
    end as unit,
    unusable_reason
from compared
