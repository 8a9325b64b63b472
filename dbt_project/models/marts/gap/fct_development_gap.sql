with changed as (
    select * from {{ ref('int_gap__changed') }}
),

absolute as (
    select * from changed where measure = 'absolute' and is_deciding_reading
),

relative as (
    select * from changed where measure = 'relative' and is_deciding_reading
),

{% for reading in ['counted', 'process'] %}
{% for measure in ['absolute', 'relative'] %}
{{ measure }}_as_{{ reading }} as (
    select * from changed where measure = '{{ measure }}' and reading = '{{ reading }}'
),

{% endfor %}
{% endfor %}

gaps as (
    select indicator_id, definition_version, variant_id, comparator, period, gap
    from {{ ref('int_gap__compared') }}
    where measure = 'absolute' and is_deciding_reading and gap is not null
),

followed as (
    select
        *,
        {% for column in ['period', 'gap'] %}
        lag({{ column }}) over (
            partition by indicator_id, definition_version, variant_id, comparator order by period nulls last
        ) as previous_{{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from gaps
),

early as (
    select gaps.*
    from gaps
    inner join {{ ref('stg_programme_programme') }} as programme on {{ programme_of('gaps.indicator_id') }} = programme.programme
    where cast(gaps.period as integer) < extract(year from programme.starts_on)
),

eves as (
    select indicator_id, definition_version, variant_id, comparator, max(period) as last_period
    from early
    group by indicator_id, definition_version, variant_id, comparator
),

-- ordinary least squares of the gap on the year, over those before the programme that compare with the last of them
alike as (
    select
        early.*,
        {{ t_exact('cast(early.period as integer) - 2000') }} as year_number,
        {{ t_exact('early.gap') }} as exact_gap
    from early
    inner join eves
        on early.indicator_id = eves.indicator_id
        and early.definition_version = eves.definition_version
        and early.variant_id = eves.variant_id
        and early.comparator = eves.comparator
    left join {{ ref('int_indicator__parted') }} as broken
        on early.indicator_id = broken.indicator_id
        and early.definition_version = broken.definition_version
        and early.period = broken.earlier_period
        and eves.last_period = broken.period
    where broken.period is null
),

moments as (
    select
        indicator_id, definition_version, variant_id, comparator,
        count(*) as n,
        {{ t_double('sum(year_number)') }} as sum_x,
        {{ t_double('sum(exact_gap)') }} as sum_y,
        {{ t_double('sum(' ~ t_exact(t_double('year_number') ~ ' * ' ~ t_double('year_number')) ~ ')') }} as sum_xx,
        {{ t_double('sum(' ~ t_exact(t_double('year_number') ~ ' * gap') ~ ')') }} as sum_xy
    from alike
    group by indicator_id, definition_version, variant_id, comparator
),

shocks as (
    select indicator_id, definition_version, min(period) as shock_period
    from {{ ref('int_indicator__break') }}
    where severity = 'shock'
    group by indicator_id, definition_version
)

select
    absolute.indicator_id,
    cast(absolute.definition_version as bigint) as definition_version,
    absolute.variant_id,
    absolute.comparator,
    absolute.baseline_id,
    absolute.period,
    {{ rnd('absolute.programme_value', 6) }} as programme_value,
    {{ rnd('absolute.comparator_value', 6) }} as comparator_value,
    sourced.unit as value_unit,
    {{ rnd('absolute.gap', 6) }} as gap_absolute,
    {{ rnd('absolute.gap - absolute.distance_to_lower', 6) }} as gap_lower,
    {{ rnd('absolute.gap + absolute.distance_to_upper', 6) }} as gap_upper,
    case when sourced.unit = 'pct' then 'pp' else sourced.unit end as gap_unit,
    case
        when sourced.scale in ('share', 'ratio', 'count')
            then {{ rnd('absolute.programme_value / nullif(absolute.comparator_value, 0)', 6) }}
    end as gap_relative,
    case
        when sourced.scale = 'share' then 'log_odds_ratio' when sourced.scale in ('ratio', 'count') then 'log_ratio'
    end as log_measure,
    {{ rnd('relative.gap', 6) }} as gap_log,
    {{ rnd('absolute.baseline_gap', 6) }} as baseline_gap,
    absolute.baseline_gap * absolute.gap < 0 as is_gap_reversed,
    -- how much of the baseline gap is closed; no statement where there was none to speak of
    case
        when
            absolute.baseline_gap - absolute.baseline_distance_to_lower > {{ least_printed() }}
            or absolute.baseline_gap + absolute.baseline_distance_to_upper < -1 * {{ least_printed() }}
            then {{ rnd('1 - (absolute.baseline_gap + absolute.change) / absolute.baseline_gap', 6) }}
    end as closed_share,
    {{ rnd('absolute.change', 6) }} as change_since_baseline,
    absolute.change_lower,
    absolute.change_upper,
    {{ rnd('relative.change', 6) }} as log_change_since_baseline,
    followed.previous_period,
    case
        when broken.period is null then {{ rnd('absolute.gap - followed.previous_gap', 6) }}
    end as change_since_previous,
    {{ rnd('reweighted.change', 6) }} as change_at_later_weights,
    {{ rnd('absolute.change', 6) }} as difference_in_differences,
    {{ rnd(
        '(moments.n * moments.sum_xy - moments.sum_x * moments.sum_y)'
        ~ ' / nullif(moments.n * moments.sum_xx - moments.sum_x * moments.sum_x, 0)', 6
    ) }} as pre_period_trend_per_year,
    absolute.distance_change,
    absolute.disadvantage_change,
    absolute.disadvantage_change_lower,
    absolute.disadvantage_change_upper,
    {% for column, factor in [
        ('critical_difference', '1'), ('smallest_detectable_change', z_95_plus_z_80() ~ ' / ' ~ z_95()),
    ] %}
    case
        when absolute.change is not null
            then {{ rnd('(absolute.change_below + absolute.change_above) / 2 * ' ~ factor, 6) }}
    end as {{ column }},
    {% endfor %}
    case
        when absolute_as_process.change is not null
            then {{ rnd('(absolute_as_process.change_below + absolute_as_process.change_above) / 2', 6) }}
    end as process_half_width,
    absolute.margin,
    case when absolute.has_own_verdict then absolute.comparator else 'rest' end as verdict_comparator,
    absolute.verdict,
    absolute.distance_verdict,
    case when sourced.scale in ('share', 'ratio', 'count') then relative.verdict end as relative_verdict,
    absolute.reading as deciding_reading,
    {% for reading in ['counted', 'process'] %}
    absolute_as_{{ reading }}.change_lower as change_lower_as_{{ reading }},
    absolute_as_{{ reading }}.change_upper as change_upper_as_{{ reading }},
    absolute_as_{{ reading }}.verdict as verdict_as_{{ reading }},
    case when sourced.scale in ('share', 'ratio', 'count') then relative_as_{{ reading }}.verdict end
        as relative_verdict_as_{{ reading }},
    {% endfor %}
    absolute_as_counted.verdict <> absolute_as_process.verdict
    or (
        sourced.scale in ('share', 'ratio', 'count') and relative_as_counted.verdict <> relative_as_process.verdict
    ) as has_differing_readings,
    absolute.undecidable_reason,
    case when sourced.scale in ('share', 'ratio', 'count') then relative.undecidable_reason end as relative_undecidable_reason,
    case when absolute.has_own_verdict then absolute.disadvantage_change_upper <= absolute.margin end as is_not_widened,
    absolute.change_lower > 0 or absolute.change_upper < 0 as is_sign_certain,
    absolute.disadvantage_change_upper as tipping_margin,
    relative.disadvantage_change_upper as relative_tipping_margin,
    case when absolute.is_later and absolute.has_own_verdict then confirmed.is_stable end as is_verdict_stable,
    adjusted.is_widened_adjusted,
    case when absolute.period >= shocks.shock_period then shocks.shock_period end as shock_period,
    case
        when absolute.period >= shocks.shock_period then {{ rnd('before_shock.change', 6) }}
    end as change_before_shock,
    absolute.programme_n,
    absolute.comparator_n,
    absolute.is_full_count,
    {{ rnd('absolute.coverage_pct', 4) }} as coverage_pct,
    {{ status_of_rank('absolute.status_rank') }} as status,
    absolute.is_deciding as is_deciding_baseline,
    coalesce(absolute.variant_id = programme.default_variant, false) as is_default_variant,
    {{ is_synthetic() }} as is_synthetic
from absolute
inner join {{ ref('stg_programme_programme') }} as programme
    on {{ programme_of('absolute.indicator_id') }} = programme.programme
inner join {{ ref('int_indicator__sourced') }} as sourced
    on absolute.indicator_id = sourced.indicator_id
    and absolute.definition_version = sourced.definition_version
left join followed
    on absolute.indicator_id = followed.indicator_id
    and absolute.definition_version = followed.definition_version
    and absolute.variant_id = followed.variant_id
    and absolute.comparator = followed.comparator
    and absolute.period = followed.period
left join {{ ref('int_indicator__parted') }} as broken
    on followed.indicator_id = broken.indicator_id
    and followed.definition_version = broken.definition_version
    and followed.period = broken.period
    and followed.previous_period = broken.earlier_period
left join moments
    on absolute.indicator_id = moments.indicator_id
    and absolute.definition_version = moments.definition_version
    and absolute.variant_id = moments.variant_id
    and absolute.comparator = moments.comparator
left join {{ ref('int_gap__confirmed') }} as confirmed
    on absolute.indicator_id = confirmed.indicator_id
    and absolute.definition_version = confirmed.definition_version
    and absolute.variant_id = confirmed.variant_id
    and absolute.comparator = confirmed.comparator
    and absolute.period = confirmed.period
left join shocks
    on absolute.indicator_id = shocks.indicator_id and absolute.definition_version = shocks.definition_version
{% for other, period in [
    ('relative', 'absolute.period'), ('int_gap__reweighted', 'absolute.period'), ('int_gap__adjusted', 'absolute.period'),
    ('before_shock', t_text('cast(shocks.shock_period as integer) - 1')),
    ('absolute_as_counted', 'absolute.period'), ('absolute_as_process', 'absolute.period'),
    ('relative_as_counted', 'absolute.period'), ('relative_as_process', 'absolute.period'),
] %}
{% set alias = other | replace('int_gap__', '') %}
left join {{ ref(other) if other.startswith('int_') else 'absolute' if other == 'before_shock' else other }} as {{ alias }}
    on absolute.indicator_id = {{ alias }}.indicator_id
    and absolute.definition_version = {{ alias }}.definition_version
    and absolute.variant_id = {{ alias }}.variant_id
    and absolute.comparator = {{ alias }}.comparator
    and absolute.baseline_id = {{ alias }}.baseline_id
    and {{ alias }}.period = {{ period }}
{% endfor %}
