{{ config(materialized='view') }}

-- the state on every day of the window it can have changed on
with evaluations as (
    select * from {{ ref('int_claim__evaluated') }} where metric_kind = 'projects'
),

changes as (
    select {{ programme_of('project_id') }} as programme, valid_from as changed_on from {{ ref('fct_project_status') }}
    union distinct
    select {{ programme_of('project_id') }}, adopted_on from {{ ref('dim_project') }}
),

days as (
    select claim_id, evaluation, period, claim_type, metric_of, from_on as measured_on
    from evaluations
    union distinct
    select
        evaluations.claim_id, evaluations.evaluation, evaluations.period, evaluations.claim_type,
        evaluations.metric_of, changes.changed_on
    from evaluations
    inner join changes
        on {{ programme_of('evaluations.claim_id') }} = changes.programme
        and evaluations.from_on < changes.changed_on
        and evaluations.to_on >= changes.changed_on
),

distinct_days as (
    select distinct {{ programme_of('claim_id') }} as programme, measured_on from days
),

stock as (
    select
        distinct_days.programme,
        distinct_days.measured_on,
        cast(sum(case when history.is_in_stock then 1 else 0 end) as bigint) as stock_count,
        cast(sum(case when history.is_started_or_done then 1 else 0 end) as bigint) as started_or_done_count,
        cast(sum(case when history.status = 'started' then 1 else 0 end) as bigint) as started_count,
        cast(sum(case when history.status = 'done' then 1 else 0 end) as bigint) as done_count,
        cast(sum(case when history.status = 'planned' then 1 else 0 end) as bigint) as planned_count
    from distinct_days
    inner join {{ ref('fct_project_status') }} as history
        on {{ programme_of('history.project_id') }} = distinct_days.programme
        and history.valid_from <= distinct_days.measured_on
        and (history.valid_to is null or history.valid_to >= distinct_days.measured_on)
    group by distinct_days.programme, distinct_days.measured_on
),

adopted as (
    select distinct_days.programme, distinct_days.measured_on, count(*) as adopted_count
    from distinct_days
    inner join {{ ref('dim_project') }} as projects
        on {{ programme_of('projects.project_id') }} = distinct_days.programme
        and projects.adopted_on <= distinct_days.measured_on
    group by distinct_days.programme, distinct_days.measured_on
),

counted as (
    select
        days.*,
        stock.stock_count,
        case days.metric_of
            when 'stock' then stock.stock_count
            when 'ever_adopted' then adopted.adopted_count
            when 'started_or_done' then stock.started_or_done_count
            when 'started' then stock.started_count
            when 'done' then stock.done_count
            when 'planned' then stock.planned_count
        end as project_count
    from days
    left join stock on {{ programme_of('days.claim_id') }} = stock.programme and days.measured_on = stock.measured_on
    left join adopted on {{ programme_of('days.claim_id') }} = adopted.programme and days.measured_on = adopted.measured_on
),

estimated as (
    select
        *,
        case
            when claim_type = 'share'
                then {{ rnd('100 * ' ~ t_double('project_count') ~ ' / nullif(' ~ t_double('stock_count') ~ ', 0)', 6) }}
            else {{ t_double('project_count') }}
        end as estimate
    from counted
)

select
    claim_id,
    evaluation,
    period,
    {{ t_text('null') }} as variant_id,
    measured_on,
    estimate,
    estimate as lower,
    estimate as upper,
    estimate as level_estimate,
    cast(null as double) as baseline_estimate,
    case when claim_type = 'share' then stock_count end as denominator,
    case when claim_type = 'share' then stock_count else project_count end as n,
    true as is_full_count,
    {{ without_margin() }},
    {{ without_panel() }},
    case when claim_type = 'share' then 'pct' else 'projects' end as unit,
    case when estimate is null then 'no_data' end as unusable_reason
from estimated
