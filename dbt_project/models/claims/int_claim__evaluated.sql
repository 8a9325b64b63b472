-- Judged twice: as_of, with what had been received when the sentence was said, and current, with the latest data. A claim
-- that names a time is judged for that time in both; any other has its history too, one row for every period of data after
-- its baseline. Where the receipts of a source begin later than the sentence, as_of goes by the period of the data alone.
with claims as (
    select
        claims.*,
        coalesce({{ t_text('baselines.last_period') }}, claims.baseline) as baseline_period
    from {{ ref('stg_programme_claim') }} as claims
    left join {{ ref('stg_programme_baseline') }} as baselines
        on claims.metric_kind in ('gap', 'harmonisation') and claims.baseline = baselines.baseline_id
    where claims.metric_kind is not null
),

register as (
    select {{ programme_of('project_id') }} as programme, max(valid_from) as latest_on
    from {{ ref('fct_project_status') }}
    group by {{ programme_of('project_id') }}
),

events as (
    select {{ programme_of('event_id') }} as programme, max(event_on) as latest_on
    from {{ ref('fct_participation_event') }}
    group by {{ programme_of('event_id') }}
),

data_periods as (
    select distinct
        register.programme,
        'projects' as metric_kind,
        {{ t_text('null') }} as metric_of,
        {{ t_text('extract(year from history.valid_from)') }} as period,
        register.latest_on
    from {{ ref('fct_project_status') }} as history
    inner join register on {{ programme_of('history.project_id') }} = register.programme
    union all
    select distinct events.programme, 'participation', {{ t_text('null') }}, history.period, events.latest_on
    from {{ ref('fct_participation_event') }} as history
    inner join events on {{ programme_of('history.event_id') }} = events.programme
    union all
    select distinct {{ programme_of('counting_unit') }}, 'volunteering', counting_unit, period, {{ period_end('period') }}
    from {{ ref('fct_volunteering') }}
    union all
    select distinct
        {{ programme_of('valued.indicator_id') }}, kinds.metric_kind, valued.indicator_id, valued.period,
        {{ period_end('valued.period') }}
    from {{ ref('fct_indicator_value') }} as valued
    cross join (select 'indicator' as metric_kind union all select 'gap') as kinds
    union all
    select distinct {{ programme_of('measure_id') }}, 'measure', measure_id, period, {{ period_end('period') }}
    from {{ ref('fct_measure') }}
    union all
    select distinct {{ programme_of('indicator_id') }}, 'harmonisation', indicator_id, period, {{ period_end('period') }}
    from {{ ref('fct_harmonisation') }}
    union all
    select distinct {{ programme_of('index_id') }}, 'area_class', index_id, period, {{ period_end('period') }}
    from {{ ref('fct_area_class') }}
),

known as (
    select
        claims.claim_id,
        data_periods.period,
        least({{ period_end('data_periods.period') }}, data_periods.latest_on) as known_on
    from claims
    inner join data_periods
        on {{ programme_of('claims.claim_id') }} = data_periods.programme
        and claims.metric_kind = data_periods.metric_kind
        and (data_periods.metric_of is null or claims.metric_of = data_periods.metric_of)
    where claims.baseline_period is null or data_periods.period > claims.baseline_period
),

latest as (
    select claim_id, max(period) as period, max(known_on) as known_on
    from known
    group by claim_id
),

-- of an undated document only its first day is safe to have seen the data
seen as (
    select
        claims.claim_id,
        max(case when received.state = 'not_received' then null else known.period end) as period,
        max(known.period) as latest_period
    from claims
    inner join known on claims.claim_id = known.claim_id
    left join {{ ref('fct_claim_receipt') }} as received
        on claims.claim_id = received.claim_id and known.period = received.period
    where {{ period_end('known.period') }} <= claims.said_first_on
    group by claims.claim_id
),

then_said as (
    select
        claims.claim_id,
        claims.is_dated,
        case
            when claims.metric_kind in ('projects', 'participation')
                then {{ t_text('extract(year from claims.last_on)') }}
            else coalesce(claims.period, seen.period)
        end as period,
        case when claims.metric_kind in ('projects', 'participation') then claims.first_on end as from_on,
        case
            when claims.metric_kind in ('projects', 'participation') then claims.last_on
            else {{ period_end('coalesce(claims.period, seen.period)') }}
        end as to_on
    from claims
    left join seen on claims.claim_id = seen.claim_id
),

-- registers count all that happened until then, figures of a period need that one and the baseline
asked as (
    select claims.claim_id, received.state, received.received_on
    from claims
    inner join then_said on claims.claim_id = then_said.claim_id
    inner join {{ ref('fct_claim_receipt') }} as received on claims.claim_id = received.claim_id
    where
        (claims.metric_kind in ('projects', 'participation') and received.period <= then_said.period)
        or received.period = then_said.period
        or received.period = claims.baseline_period
),

received as (
    select
        claims.claim_id,
        case
            when min(case when asked.state in ('received', 'revised', 'not_received') then 1 else 0 end) = 1 then 'receipt'
            when max(then_said.period) is null and max(seen.latest_period) is not null then 'receipt'
            else 'period'
        end as known_by,
        case
            when max(case when asked.state = 'not_received' then 1 else 0 end) = 1 then 'not_received'
            when max(case when asked.state = 'revised' then 1 else 0 end) = 1 then 'revised_since'
            when max(then_said.period) is null and max(seen.latest_period) is not null then 'not_received'
        end as receipt_reason,
        max(case when asked.state = 'revised' then asked.received_on end) as revised_on
    from claims
    inner join then_said on claims.claim_id = then_said.claim_id
    left join seen on claims.claim_id = seen.claim_id
    left join asked on claims.claim_id = asked.claim_id
    group by claims.claim_id
),

evaluated as (
    select claim_id, 'as_of' as evaluation, period, from_on, to_on from then_said
    union all
    select claim_id, 'current' as evaluation, period, from_on, to_on from then_said where is_dated
    union all
    select then_said.claim_id, 'current', latest.period, latest.known_on, latest.known_on
    from then_said
    left join latest on then_said.claim_id = latest.claim_id
    where not then_said.is_dated
    union all
    select known.claim_id, 'history', known.period, known.known_on, known.known_on
    from known
    inner join claims on known.claim_id = claims.claim_id
    where not claims.is_dated
)

select
    evaluated.claim_id,
    evaluated.evaluation,
    evaluated.period,
    evaluated.from_on,
    evaluated.to_on,
    claims.claim_type,
    claims.metric_kind,
    claims.metric_of,
    claims.definition_version,
    claims.area,
    claims.method,
    claims.counted_from_on,
    claims.comparator,
    claims.baseline,
    claims.baseline_period,
    claims.direction,
    {{ t_double('claims.margin') }} as margin,
    received.known_by,
    received.receipt_reason,
    received.revised_on
from evaluated
inner join claims on evaluated.claim_id = claims.claim_id
left join received on evaluated.claim_id = received.claim_id and evaluated.evaluation = 'as_of'
