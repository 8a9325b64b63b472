{{ config(materialized='view') }}

-- running totals; an event without a figure leaves only a lower bound. The list of events is a register, people and ideas
-- are what organisers reported of them
with evaluations as (
    select * from {{ ref('int_claim__evaluated') }} where metric_kind = 'participation'
),

events as (
    select {{ programme_of('event_id') }} as programme, event_on, participant_count, idea_count from {{ ref('fct_participation_event') }}
),

days as (
    select claim_id, evaluation, period, metric_of, counted_from_on, from_on as measured_on
    from evaluations
    union distinct
    select
        evaluations.claim_id, evaluations.evaluation, evaluations.period, evaluations.metric_of,
        evaluations.counted_from_on, events.event_on
    from evaluations
    inner join events
        on {{ programme_of('evaluations.claim_id') }} = events.programme
        and evaluations.from_on < events.event_on
        and evaluations.to_on >= events.event_on
),

summed as (
    select
        days.claim_id,
        days.evaluation,
        days.period,
        days.metric_of,
        days.measured_on,
        count(events.event_on) as event_count,
        sum(
            case days.metric_of
                when 'events' then 1
                when 'people' then events.participant_count
                when 'ideas' then events.idea_count
            end
        ) as known_sum,
        cast(
            sum(
                case
                    when days.metric_of = 'people' and events.participant_count is null then 1
                    when days.metric_of = 'ideas' and events.idea_count is null then 1
                    else 0
                end
            ) as bigint
        ) as unknown_count
    from days
    inner join events
        on {{ programme_of('days.claim_id') }} = events.programme
        and events.event_on <= days.measured_on
        and (days.counted_from_on is null or events.event_on >= days.counted_from_on)
    group by days.claim_id, days.evaluation, days.period, days.metric_of, days.measured_on
)

select
    days.claim_id,
    days.evaluation,
    days.period,
    {{ t_text('null') }} as variant_id,
    days.measured_on,
    {{ t_double('coalesce(summed.known_sum, 0)') }} as estimate,
    {{ t_double('coalesce(summed.known_sum, 0)') }} as lower,
    case when summed.unknown_count = 0 then {{ t_double('summed.known_sum') }} end as upper,
    {{ t_double('coalesce(summed.known_sum, 0)') }} as level_estimate,
    cast(null as double) as baseline_estimate,
    cast(null as bigint) as denominator,
    cast(summed.event_count as bigint) as n,
    summed.unknown_count = 0 and days.metric_of = 'events' as is_full_count,
    {{ without_margin() }},
    {{ without_panel() }},
    days.metric_of as unit,
    case when summed.event_count is null then 'no_data' end as unusable_reason
from days
left join summed
    on days.claim_id = summed.claim_id
    and days.evaluation = summed.evaluation
    and days.period = summed.period
    and days.measured_on = summed.measured_on
