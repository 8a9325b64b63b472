{# Margin on the change of the gap to the rest: the larger of the declared minimum and the declared share of the
   baseline gap; for relative gaps a part of a logarithm. Disadvantage: the gap signed so that more is worse.

   With G the gap to the rest and w the programme area's share, the gap to the city is (1 - w) G, and its change
   (1 - w) (G - G0) - (w - w0) G0. Where w stands still the second part is none: change, limits and margin to the city are
   (1 - w) times those to the rest, and the verdict is the same word. Where w moves, or on the logarithm, it could be
   another; then the one verdict is that against the rest, and the row of the city has none. #}

with compared as (
    select * from {{ ref('int_gap__compared') }}
),

baselines as (
    select * from {{ ref('int_gap__baseline') }}
),

-- the deciding baseline stands even where it has no gap, so that the gap itself is seen
eligible as (
    select
        sourced.indicator_id, sourced.definition_version, declared.baseline_id, declared.first_period,
        declared.last_period, declared.baseline_id = sourced.baseline_id as is_deciding
    from {{ ref('int_indicator__sourced') }} as sourced
    inner join {{ ref('stg_programme_baseline') }} as declared
        on {{ same_programme('sourced.indicator_id', 'declared.baseline_id') }}
        and (declared.is_for_all or declared.baseline_id = sourced.baseline_id)
),

rest_gaps as (
    select indicator_id, definition_version, variant_id, measure, reading, baseline_id, gap
    from baselines
    where comparator = 'rest'
),

joined as (
    select
        compared.*,
        eligible.baseline_id,
        eligible.is_deciding,
        baselines.gap as baseline_gap,
        coalesce(baselines.is_short, false) as is_baseline_short,
        baselines.distance_to_lower as baseline_distance_to_lower,
        baselines.distance_to_upper as baseline_distance_to_upper,
        broken.period is not null as is_blocked,
        compared.period > eligible.last_period as is_later,
        case sourced.polarity when 'lower_is_better' then 1.0 when 'higher_is_better' then -1.0 end as sign,
        compared.remainder as margin_share,
        compared.comparator <> 'city' or coalesce(
            compared.measure = 'absolute'
            and abs(baselines.greatest_remainder - compared.remainder) < {{ same_share() }}
            and abs(baselines.least_remainder - compared.remainder) < {{ same_share() }},
            false
        ) as has_own_verdict,
        case
            when compared.measure = 'relative' then {{ relative_margin() }}
            else greatest(
                sourced.margin_minimum, coalesce(sourced.margin_pct_of_baseline_gap * abs(rest_gaps.gap) / 100, 0)
            )
        end as rest_margin
    from compared
    inner join {{ ref('int_indicator__sourced') }} as sourced
        on compared.indicator_id = sourced.indicator_id
        and compared.definition_version = sourced.definition_version
    inner join eligible
        on compared.indicator_id = eligible.indicator_id
        and compared.definition_version = eligible.definition_version
    left join baselines
        on compared.indicator_id = baselines.indicator_id
        and compared.definition_version = baselines.definition_version
        and compared.variant_id = baselines.variant_id
        and compared.comparator = baselines.comparator
        and compared.measure = baselines.measure
        and compared.reading = baselines.reading
        and eligible.baseline_id = baselines.baseline_id
    left join rest_gaps
        on compared.indicator_id = rest_gaps.indicator_id
        and compared.definition_version = rest_gaps.definition_version
        and compared.variant_id = rest_gaps.variant_id
        and compared.measure = rest_gaps.measure
        and compared.reading = rest_gaps.reading
        and eligible.baseline_id = rest_gaps.baseline_id
    left join {{ ref('int_indicator__parted') }} as broken
        on compared.indicator_id = broken.indicator_id
        and compared.definition_version = broken.definition_version
        and compared.period = broken.period
        and eligible.first_period = broken.earlier_period
    where baselines.gap is not null or eligible.is_deciding
),

-- at the baseline itself the change is none; before it there is none to state
changed as (
    select
        *,
        case when is_later and not is_blocked then gap - baseline_gap end as change,
        case when gap * baseline_gap < 0 then -1.0 else 1.0 end as crossing,
        sqrt(
            distance_to_lower * distance_to_lower + baseline_distance_to_upper * baseline_distance_to_upper
        ) as change_below,
        sqrt(
            distance_to_upper * distance_to_upper + baseline_distance_to_lower * baseline_distance_to_lower
        ) as change_above
    from joined
),

-- a gap that crossed zero has moved by more than its distance tells: the wider limit counts on both sides
oriented as (
    select
        *,
        case when sign > 0 then change_below when sign < 0 then change_above end as disadvantage_below,
        case when sign > 0 then change_above when sign < 0 then change_below end as disadvantage_above,
        case
            when crossing < 0 then greatest(change_below, change_above)
            when baseline_gap < 0 then change_above
            else change_below
        end as distance_below,
        case
            when crossing < 0 then greatest(change_below, change_above)
            when baseline_gap < 0 then change_below
            else change_above
        end as distance_above
    from changed
),

-- verdicts compare what is printed, so that a reader can redo them
limited as (
    select
        *,
        {{ rnd('margin_share * rest_margin', 6) }} as margin,
        {{ rnd('change - change_below', 6) }} as change_lower,
        {{ rnd('change + change_above', 6) }} as change_upper,
        {{ rnd('sign * change', 6) }} as disadvantage_change,
        {{ rnd('sign * change - disadvantage_below', 6) }} as disadvantage_change_lower,
        {{ rnd('sign * change + disadvantage_above', 6) }} as disadvantage_change_upper,
        case when change is not null then {{ rnd('abs(gap) - abs(baseline_gap)', 6) }} end as distance_change,
        case
            when change is not null then {{ rnd('abs(gap) - abs(baseline_gap) - distance_below', 6) }}
        end as distance_change_lower,
        case
            when change is not null then {{ rnd('abs(gap) - abs(baseline_gap) + distance_above', 6) }}
        end as distance_change_upper
    from oriented
)

select
    *,
    case
        when not is_later or sign is null or (change is not null and not has_own_verdict) then null
        else {{ gap_verdict('disadvantage_change_lower', 'disadvantage_change_upper', 'margin') }}
    end as verdict,
    case
        when not is_later or (change is not null and not has_own_verdict) then null
        else {{ gap_verdict('distance_change_lower', 'distance_change_upper', 'margin') }}
    end as distance_verdict,
    case
        when not is_later then null
        when is_blocked then 'blocking_break'
        when is_small then 'small_n'
        when gap is null and (measure = 'absolute' or programme_value is null or comparator_value is null) then 'incomplete'
        when gap is null then 'no_logarithm'
        when baseline_gap is null then 'missing_baseline'
        when is_short or is_baseline_short then 'withheld'
        when not has_own_verdict then null
        when measure = 'relative' and (change_below is null or change_above is null) then 'no_logarithm'
        when disadvantage_change_lower >= -1 * margin and disadvantage_change_upper <= margin then null
        when disadvantage_change_lower > margin or disadvantage_change_upper < -1 * margin then null
        else 'interval_spans_margin'
    end as undecidable_reason
from limited
