-- All claims with the verdict of rules 1 to 4, and for `current` rule 5: a sentence the data have turned against since,
-- or that its publisher has replaced by a later one on the same metric, is superseded.
{% set figures = [
    'estimate', 'lower', 'upper', 'level_estimate', 'baseline_estimate', 'margin', 'rest_estimate', 'rest_lower',
    'rest_upper', 'process_half_width', 'window_lower', 'window_upper', 'panel_estimate',
] %}
{% set counts = ['denominator', 'n', 'panel_n', 'entered_n', 'left_n'] %}
with unmeasured as (
    select
        claims.claim_id,
        sides.evaluation,
        case when claims.claim_type in ('causal', 'awareness', 'normative') then claims.claim_type else 'no_measure' end
            as reason_code
    from {{ ref('stg_programme_claim') }} as claims
    cross join (select 'as_of' as evaluation union all select 'current') as sides
    where not claims.is_checkable
),

unioned as (
    select
        claim_id, evaluation, period, measured_from_on, measured_to_on,
        {% for figure in figures %}{{ figure }}, {% endfor %}
        known_by, revised_on, {{ counts | join(', ') }}, is_full_count, unit, is_inside_second_window, variant_count,
        cast(null as bigint) as leg_count,
        cast(null as bigint) as supported_leg_count,
        {{ t_text('null') }} as deciding_leg_id,
        reason_code
    from {{ ref('int_claim__agreed') }}
    union all
    select
        claim_id, evaluation, period, measured_from_on, measured_to_on,
        {% for figure in figures %}cast(null as double), {% endfor %}
        known_by, cast(null as date),
        {% for count in counts %}{{ 'n' if count == 'n' else 'cast(null as bigint)' }}, {% endfor %}is_full_count, {{ t_text('null') }},
        cast(null as boolean), cast(null as bigint),
        leg_count, supported_leg_count, deciding_leg_id, reason_code
    from {{ ref('int_claim__composed') }}
    union all
    select
        claim_id, evaluation, {{ t_text('null') }}, cast(null as date), cast(null as date),
        {% for figure in figures %}cast(null as double), {% endfor %}
        {{ t_text('null') }}, cast(null as date),
        {% for count in counts %}cast(null as bigint), {% endfor %}cast(null as boolean),
        {{ t_text('null') }}, cast(null as boolean),
        cast(null as bigint), cast(null as bigint), cast(null as bigint), {{ t_text('null') }}, reason_code
    from unmeasured
),

reasons as (
    select reason_code, verdict from {{ ref('reason') }} where subject = 'claim'
),

judged as (
    select unioned.*, reasons.verdict
    from unioned
    left join reasons on unioned.reason_code = reasons.reason_code
),

turned as (
    select current.claim_id, said.measured_to_on as said_to_on
    from judged as current
    inner join judged as said on current.claim_id = said.claim_id and said.evaluation = 'as_of'
    where current.evaluation = 'current' and said.verdict = 'supported' and current.verdict = 'not_supported'
),

-- the last day of data that still bore it out, then the first period after it that did not
borne_out as (
    select turned.claim_id, max(coalesce(history.measured_to_on, turned.said_to_on)) as last_on
    from turned
    left join judged as history
        on turned.claim_id = history.claim_id
        and history.evaluation = 'history'
        and history.verdict = 'supported'
        and history.measured_to_on > turned.said_to_on
    group by turned.claim_id
),

since as (
    select borne_out.claim_id, min(history.period) as superseded_since
    from borne_out
    inner join judged as history
        on borne_out.claim_id = history.claim_id
        and history.evaluation = 'history'
        and history.verdict = 'not_supported'
        and history.measured_to_on > borne_out.last_on
    group by borne_out.claim_id
),

-- a sentence about one time stays what it was, unless the figures of that time were corrected
revised as (
    select current.claim_id, {{ t_text('extract(year from said.revised_on)') }} as superseded_since
    from judged as current
    inner join judged as said on current.claim_id = said.claim_id and said.evaluation = 'as_of'
    inner join {{ ref('stg_programme_claim') }} as claims on current.claim_id = claims.claim_id and claims.is_dated
    where
        current.evaluation = 'current' and current.verdict = 'not_supported' and said.reason_code = 'revised_since'
),

later as (
    select
        earlier.claim_id,
        min({{ t_text('extract(year from later.said_first_on)') }}) as superseded_since
    from {{ ref('stg_programme_claim') }} as earlier
    inner join {{ ref('stg_programme_claim') }} as later
        on {{ same_programme('earlier.claim_id', 'later.claim_id') }}
        and earlier.publisher = later.publisher
        and earlier.metric_kind = later.metric_kind
        and earlier.metric_of = later.metric_of
        and earlier.definition_version = later.definition_version
        and coalesce(earlier.area, '-') = coalesce(later.area, '-')
        and coalesce(earlier.comparator, '-') = coalesce(later.comparator, '-')
        and coalesce(earlier.method, '-') = coalesce(later.method, '-')
        and earlier.said_last_on < later.said_first_on
        and coalesce(earlier.counted_from_on, cast('0001-01-01' as date))
        = coalesce(later.counted_from_on, cast('0001-01-01' as date))
    where
        not earlier.is_leg and not later.is_leg
        and case
            -- of two sentences about one time the later counts; of others the later must speak of a later time
            when earlier.is_dated
                then
                    later.is_dated
                    and coalesce(earlier.baseline, '-') = coalesce(later.baseline, '-')
                    and coalesce(earlier.period, {{ t_text('earlier.last_on') }})
                    = coalesce(later.period, {{ t_text('later.last_on') }})
            else
                not later.is_dated
                or coalesce({{ period_end('later.period') }}, later.last_on) > earlier.said_last_on
        end
    group by earlier.claim_id
),

superseded as (
    select
        judged.*,
        case
            when judged.evaluation <> 'current' or judged.verdict = 'not_checkable' then judged.reason_code
            when revised.claim_id is not null then 'revised'
            when turned.claim_id is not null then 'data_turned'
            when later.claim_id is not null then 'later_sentence'
            else judged.reason_code
        end as final_reason_code,
        case
            when revised.claim_id is not null then revised.superseded_since
            when turned.claim_id is not null then since.superseded_since
            else later.superseded_since
        end as superseded_since
    from judged
    left join revised on judged.claim_id = revised.claim_id
    left join turned on judged.claim_id = turned.claim_id
    left join since on judged.claim_id = since.claim_id
    left join later on judged.claim_id = later.claim_id
)

select
    superseded.claim_id, superseded.evaluation, superseded.period, superseded.measured_from_on,
    superseded.measured_to_on,
    {% for figure in figures %}superseded.{{ figure }}, {% endfor %}
    superseded.known_by,
    {% for count in counts %}superseded.{{ count }}, {% endfor %}superseded.is_full_count, superseded.unit,
    superseded.is_inside_second_window, superseded.variant_count, superseded.leg_count,
    superseded.supported_leg_count, superseded.deciding_leg_id,
    reasons.reason_code,
    reasons.verdict,
    case when reasons.verdict = 'superseded' then superseded.superseded_since end as superseded_since
from superseded
left join reasons on superseded.final_reason_code = reasons.reason_code
