-- Composite and two-legged claims: all necessary legs must hold (intersection-union test, so no correction for their
-- number), one that fails fells the whole. A leg that no data can decide is not checkable in every evaluation.
with legs as (
    select
        legs.claim_id,
        legs.leg_claim_id,
        claims.metric_kind is null as is_unmeasured,
        claims.is_dated
    from {{ ref('stg_programme_claim_leg') }} as legs
    inner join {{ ref('stg_programme_claim') }} as claims on legs.leg_claim_id = claims.claim_id
    where legs.is_necessary
),

agreed as (
    select * from {{ ref('int_claim__agreed') }}
),

periods as (
    select distinct legs.claim_id, agreed.period
    from legs
    inner join agreed on legs.leg_claim_id = agreed.claim_id and agreed.evaluation = 'history'
),

evaluations as (
    select distinct legs.claim_id, sides.evaluation, {{ t_text('null') }} as period
    from legs
    cross join (select 'as_of' as evaluation union all select 'current') as sides
    union all
    select claim_id, 'history' as evaluation, period from periods
),

-- a leg about one dated time counts in every period of the others
met as (
    select
        evaluations.claim_id,
        evaluations.evaluation,
        evaluations.period,
        legs.leg_claim_id,
        agreed.period as leg_period,
        agreed.measured_from_on,
        agreed.measured_to_on,
        agreed.known_by,
        agreed.n,
        agreed.is_full_count,
        case when legs.is_unmeasured then 'not_checkable' else agreed.verdict end as verdict
    from evaluations
    inner join legs on evaluations.claim_id = legs.claim_id
    left join agreed
        on legs.leg_claim_id = agreed.claim_id
        and agreed.evaluation
        = case when evaluations.evaluation = 'history' and legs.is_dated then 'as_of' else evaluations.evaluation end
        and (evaluations.evaluation <> 'history' or legs.is_dated or evaluations.period = agreed.period)
),

counted as (
    select
        claim_id,
        evaluation,
        coalesce(period, max(leg_period)) as period,
        min(measured_from_on) as measured_from_on,
        max(measured_to_on) as measured_to_on,
        -- by receipt only where every leg is; the word `period` comes before `receipt`
        case when evaluation = 'as_of' then min(known_by) end as known_by,
        min(n) as n,
        count(*) = count(case when is_full_count then 1 end) as is_full_count,
        cast(count(*) as bigint) as leg_count,
        cast(sum(case when verdict = 'supported' then 1 else 0 end) as bigint) as supported_leg_count,
        count(verdict) as judged_leg_count,
        sum(case when verdict = 'not_supported' then 1 else 0 end) as failed_leg_count,
        sum(case when verdict = 'not_checkable' then 1 else 0 end) as not_checkable_leg_count,
        -- of several that fail, stay open or cannot be checked the first by its id stands for them
        min(case when verdict = 'not_supported' then leg_claim_id end) as failed_leg_id,
        min(case when verdict = 'not_checkable' then leg_claim_id end) as not_checkable_leg_id,
        min(case when verdict = 'undecidable' then leg_claim_id end) as undecidable_leg_id
    from met
    group by claim_id, evaluation, period
),

reasoned as (
    select
        *,
        case
            when failed_leg_count > 0 then 'leg_fails'
            when not_checkable_leg_count > 0 then 'leg_not_checkable'
            when supported_leg_count = leg_count then 'every_leg'
            else 'leg_undecidable'
        end as reason_code
    from counted
    where judged_leg_count = leg_count
)

select
    reasoned.claim_id, reasoned.evaluation, reasoned.period, reasoned.measured_from_on, reasoned.measured_to_on,
    reasoned.known_by, reasoned.n, reasoned.is_full_count, reasoned.leg_count, reasoned.supported_leg_count,
    coalesce(reasoned.failed_leg_id, reasoned.not_checkable_leg_id, reasoned.undecidable_leg_id) as deciding_leg_id,
    reasoned.reason_code,
    reasons.verdict
from reasoned
left join {{ ref('reason') }} as reasons on reasons.subject = 'claim' and reasoned.reason_code = reasons.reason_code
