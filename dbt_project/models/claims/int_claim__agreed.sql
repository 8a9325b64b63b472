-- Rule 4: every day of the window and every variant of the programme area must give the same verdict. Shown are the
-- default variant and the last day, with the range over all days.
with judged as (
    select
        judged.*,
        judged.variant_id is null or judged.variant_id = programme.default_variant as is_shown
    from {{ ref('int_claim__judged') }} as judged
    inner join {{ ref('stg_programme_programme') }} as programme on {{ programme_of('judged.claim_id') }} = programme.programme
),

agreement as (
    select
        claim_id,
        evaluation,
        period,
        count(distinct verdict) as verdict_count,
        count(distinct variant_id) as variant_count,
        min(case when is_shown then lower end) as lower,
        case
            when count(case when is_shown then 1 end) = count(case when is_shown then upper end)
                then max(case when is_shown then upper end)
        end as upper,
        min(case when is_inside_second_window then 1 else 0 end) = 1 as is_inside_second_window
    from judged
    group by claim_id, evaluation, period
),

ranked as (
    select
        *,
        row_number() over (
            partition by claim_id, evaluation, period order by measured_on desc nulls last, variant_id nulls last
        ) as position
    from judged
    where is_shown
),

joined as (
    select
        shown.claim_id,
        shown.evaluation,
        shown.period,
        coalesce(evaluated.from_on, evaluated.to_on) as measured_from_on,
        evaluated.to_on as measured_to_on,
        evaluated.known_by,
        evaluated.revised_on,
        shown.estimate,
        agreement.lower,
        agreement.upper,
        shown.level_estimate,
        shown.baseline_estimate,
        shown.denominator,
        shown.n,
        shown.is_full_count,
        shown.margin,
        shown.rest_estimate,
        shown.rest_lower,
        shown.rest_upper,
        shown.process_half_width,
        shown.panel_estimate,
        shown.panel_n,
        shown.entered_n,
        shown.left_n,
        shown.unit,
        shown.window_lower,
        shown.window_upper,
        agreement.is_inside_second_window,
        cast(agreement.variant_count as bigint) as variant_count,
        case
            when agreement.verdict_count = 1 then shown.reason_code
            when agreement.variant_count > 1 then 'variants_disagree'
            else 'not_every_day'
        end as reason_code
    from ranked as shown
    inner join agreement
        on shown.claim_id = agreement.claim_id
        and shown.evaluation = agreement.evaluation
        and (shown.period = agreement.period or (shown.period is null and agreement.period is null))
    inner join {{ ref('int_claim__evaluated') }} as evaluated
        on shown.claim_id = evaluated.claim_id
        and shown.evaluation = evaluated.evaluation
        and (shown.period = evaluated.period or (shown.period is null and evaluated.period is null))
    where shown.position = 1
)

select joined.*, reasons.verdict
from joined
left join {{ ref('reason') }} as reasons on reasons.subject = 'claim' and joined.reason_code = reasons.reason_code
