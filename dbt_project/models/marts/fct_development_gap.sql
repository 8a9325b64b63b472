-- gaps are differences of published values, so that a reader can redo them
with indicators as (
    select indicator_id, definition_version, scale, unit, baseline_id as baseline_period
    from {{ ref('dim_indicator') }}
    where is_gap_available
),

valued as (
    select indicator_id, definition_version, variant_id, role, period, value, denominator, n, status
    from {{ ref('fct_indicator_value') }}
    where area_kind = 'area_set'
),

paired as (
    select
        programme.indicator_id,
        programme.definition_version,
        programme.variant_id,
        comparison.role as comparator,
        programme.period,
        indicators.baseline_period,
        indicators.unit,
        indicators.scale,
        programme.value as programme_value,
        comparison.value as comparator_value,
        {{ rnd('programme.value - comparison.value', 6) }} as gap_absolute,
        programme.n as programme_n,
        comparison.n as comparator_n,
        greatest(
            {{ status_rank('programme.status') }}, {{ status_rank('comparison.status') }}
        ) as status_rank
    from valued as programme
    inner join valued as comparison
        on programme.indicator_id = comparison.indicator_id
        and programme.definition_version = comparison.definition_version
        and programme.variant_id = comparison.variant_id
        and programme.period = comparison.period
        and comparison.role in ('rest', 'city')
    inner join indicators
        on programme.indicator_id = indicators.indicator_id
        and programme.definition_version = indicators.definition_version
    where programme.role = 'programme'
),

baseline as (
    select indicator_id, definition_version, variant_id, comparator, gap_absolute
    from paired
    where period = baseline_period
)

select
    paired.indicator_id,
    paired.definition_version,
    paired.variant_id,
    paired.comparator,
    paired.period,
    paired.baseline_period,
    paired.programme_value,
    paired.comparator_value,
    paired.unit as value_unit,
    paired.gap_absolute,
    case when paired.unit = 'pct' then 'pp' else paired.unit end as gap_unit,
    case
        when paired.scale in ('share', 'ratio', 'count')
            then {{ rnd('paired.programme_value / nullif(paired.comparator_value, 0)', 6) }}
    end as gap_relative,
    {{ rnd('paired.gap_absolute - baseline.gap_absolute', 6) }} as change_since_baseline,
    paired.programme_n,
    paired.comparator_n,
    {{ status_of_rank('paired.status_rank') }} as status,
    coalesce(paired.variant_id = head.default_variant, false) as is_default_variant,
    {{ is_synthetic() }} as is_synthetic
from paired
cross join {{ ref('stg_programme_programme') }} as head
left join baseline
    on paired.indicator_id = baseline.indicator_id
    and paired.definition_version = baseline.definition_version
    and paired.variant_id = baseline.variant_id
    and paired.comparator = baseline.comparator
