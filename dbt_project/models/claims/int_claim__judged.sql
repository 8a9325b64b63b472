-- Rules 1 to 3 of the decision order: unusable data first, then the rule of the type on the 95 % limits.
with measured as (
    {% for family in ['projects', 'participation', 'volunteering', 'indicators', 'gaps', 'measures', 'harmonisation', 'area_class'] %}
    select {{ claim_measured() }} from {{ ref('int_claim__' ~ family) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- what had not come yet, or came again otherwise, is not what could be known then: its figures are left out
known as (
    select
        {% set figures = [
            'estimate', 'lower', 'upper', 'level_estimate', 'baseline_estimate', 'denominator', 'rest_estimate', 'rest_lower',
            'rest_upper', 'process_half_width', 'panel_estimate', 'panel_n', 'entered_n', 'left_n',
        ] %}
        measured.claim_id, measured.evaluation, measured.period, measured.variant_id, measured.measured_on, measured.n,
        measured.is_full_count, measured.margin, measured.unit, measured.unusable_reason, evaluated.receipt_reason,
        {% for figure in figures %}
        case when evaluated.receipt_reason is null then measured.{{ figure }} end as {{ figure }}{{ ',' if not loop.last }}
        {% endfor %}
    from measured
    left join {{ ref('int_claim__evaluated') }} as evaluated
        on measured.claim_id = evaluated.claim_id
        and measured.evaluation = evaluated.evaluation
        and (measured.period = evaluated.period or (measured.period is null and evaluated.period is null))
),

prepared as (
    select
        known.*,
        claims.claim_type,
        claims.is_strong,
        coalesce(claims.is_bound_included, false) as is_bound_included,
        coalesce({{ t_double('claims.margin') }}, known.margin) as deciding_margin,
        claims.stated_denominator,
        {{ t_double('coalesce(claims.expected_value, ' ~ class_number('claims.expected_class') ~ ')') }} as expected_value,
        {{ t_double('claims.expected_value') }} - {{ t_double('claims.rounding_unit') }} / 2 as window_lower,
        {{ t_double('claims.expected_value') }} + {{ t_double('claims.rounding_unit') }} / 2 as window_upper,
        {{ t_double('claims.expected_value') }} - {{ t_double('claims.second_rounding_unit') }} / 2 as second_window_lower,
        {{ t_double('claims.expected_value') }} + {{ t_double('claims.second_rounding_unit') }} / 2 as second_window_upper,
        case when claims.direction = 'down' and claims.claim_type <> 'ranking' then -1 else 1 end as wished_sign
    from known
    inner join {{ ref('stg_programme_claim') }} as claims on known.claim_id = claims.claim_id
),

wished as (
    select
        *,
        wished_sign * estimate as wished_estimate,
        case when wished_sign < 0 then -upper else lower end as wished_lower,
        case when wished_sign < 0 then -lower else upper end as wished_upper
    from prepared
),

ruled as (
    select
        *,
        case
            when unusable_reason = 'across_units' then unusable_reason
            when receipt_reason is not null then receipt_reason
            when unusable_reason is not null then unusable_reason
            when claim_type in ('count', 'share', 'level', 'growth') then
                case
                    when stated_denominator is not null and denominator <> stated_denominator then 'other_denominator'
                    when lower >= window_lower and upper < window_upper then 'inside_window'
                    when upper < window_lower or lower >= window_upper then 'outside_window'
                end
            when claim_type = 'threshold' and wished_sign < 0 then
                case
                    when upper < expected_value or (is_bound_included and upper = expected_value) then 'below_threshold'
                    when lower > expected_value or (not is_bound_included and lower = expected_value) then 'not_below_threshold'
                end
            when claim_type = 'threshold' then
                case
                    when lower > expected_value or (is_bound_included and lower = expected_value) then 'above_threshold'
                    when upper < expected_value or (not is_bound_included and upper = expected_value) then 'not_above_threshold'
                end
            when claim_type = 'direction' then
                case
                    when wished_lower > 0 and not is_strong then 'direction_certain'
                    when wished_lower > 0 and wished_estimate >= deciding_margin then 'strong_direction_certain'
                    when wished_upper <= 0 then 'direction_contrary'
                    when is_strong and wished_upper < deciding_margin then 'too_weak'
                end
            when claim_type = 'class' then case when estimate = expected_value then 'class_as_stated' else 'other_class' end
            when claim_type = 'ranking' then
                case when lower > 0 then 'ranks_first' when upper <= 0 then 'outranked' end
            when claim_type = 'non_widening' then
                case when upper <= deciding_margin then 'within_margin' when lower > deciding_margin then 'beyond_margin' end
        end as decided
    from wished
),

reasoned as (
    select
        *,
        case
            when decided is not null then decided
            when panel_n is not null then 'other_organisations'
            when upper is null then 'lower_bound_only'
            else 'interval_spans'
        end as reason_code
    from ruled
)

select
    {{ claim_measured() | replace('margin, rest', 'deciding_margin as margin, rest') }},
    reasoned.window_lower,
    reasoned.window_upper,
    reasoned.lower >= reasoned.second_window_lower and reasoned.upper < reasoned.second_window_upper
        as is_inside_second_window,
    reasoned.reason_code,
    reasons.verdict
from reasoned
left join {{ ref('reason') }} as reasons on reasons.subject = 'claim' and reasoned.reason_code = reasons.reason_code
