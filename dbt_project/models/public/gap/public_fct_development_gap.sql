{# Columns in their order, and the figures among them: side the figure is rounded to, and decimals more than the values
   have. The margin is a share of a gap, and so has one more. #}
{% set columns = '''
    indicator_id definition_version variant_id comparator baseline_id period programme_value comparator_value
    value_unit gap_absolute gap_lower gap_upper gap_unit gap_relative log_measure gap_log baseline_gap is_gap_reversed
    closed_share change_since_baseline change_lower change_upper log_change_since_baseline previous_period
    change_since_previous change_at_later_weights difference_in_differences pre_period_trend_per_year distance_change
    disadvantage_change disadvantage_change_lower disadvantage_change_upper critical_difference
    smallest_detectable_change process_half_width margin verdict_comparator verdict distance_verdict relative_verdict
    deciding_reading change_lower_as_counted change_upper_as_counted verdict_as_counted relative_verdict_as_counted
    change_lower_as_process change_upper_as_process verdict_as_process relative_verdict_as_process
    has_differing_readings undecidable_reason relative_undecidable_reason is_not_widened is_sign_certain
    tipping_margin relative_tipping_margin is_verdict_stable is_widened_adjusted shock_period change_before_shock
'''.split() %}
{% set forms = {
    'programme_value': ('nearest', 0), 'comparator_value': ('nearest', 0), 'gap_absolute': ('nearest', 0),
    'gap_lower': ('lower', 0), 'gap_upper': ('upper', 0), 'gap_relative': ('nearest', 2), 'gap_log': ('nearest', 2),
    'baseline_gap': ('nearest', 0), 'closed_share': ('nearest', 2), 'change_since_baseline': ('nearest', 0),
    'change_lower': ('lower', 0), 'change_upper': ('upper', 0), 'log_change_since_baseline': ('nearest', 2),
    'change_since_previous': ('nearest', 0), 'change_at_later_weights': ('nearest', 0),
    'difference_in_differences': ('nearest', 0), 'pre_period_trend_per_year': ('nearest', 0),
    'distance_change': ('nearest', 0), 'disadvantage_change': ('nearest', 0),
    'disadvantage_change_lower': ('lower', 0), 'disadvantage_change_upper': ('upper', 0),
    'critical_difference': ('upper', 0), 'smallest_detectable_change': ('upper', 0),
    'process_half_width': ('upper', 0), 'margin': ('nearest', 1), 'change_lower_as_counted': ('lower', 0),
    'change_upper_as_counted': ('upper', 0), 'change_lower_as_process': ('lower', 0),
    'change_upper_as_process': ('upper', 0), 'tipping_margin': ('upper', 0), 'relative_tipping_margin': ('upper', 2),
    'change_before_shock': ('nearest', 0),
} %}

with series as ({{ printed_series() }}
),

-- where a side has no public figure at all, the row says its verdict alone
judged as (
    select
        gaps.*,
        {{ programme_of('gaps.indicator_id') }} as programme,
        least(programme.decimals, comparator.decimals) as decimals,
        case
            when programme.role is null or comparator.role is null then 'verdict_only'
            else coalesce(programme.hidden_reason, comparator.hidden_reason)
        end as hidden_reason
    from {{ ref('fct_development_gap') }} as gaps
    left join series as programme
        on gaps.indicator_id = programme.indicator_id
        and gaps.definition_version = programme.definition_version
        and gaps.variant_id = programme.variant_id
        and programme.role = 'programme'
    left join series as comparator
        on gaps.indicator_id = comparator.indicator_id
        and gaps.definition_version = comparator.definition_version
        and case when gaps.comparator in ('rest', 'city') then gaps.variant_id else gaps.comparator end = comparator.variant_id
        and case when gaps.comparator in ('rest', 'city') then gaps.comparator else 'comparison' end = comparator.role
    where {{ beside("'fct_development_gap'", 'gaps.indicator_id') }} in {{ named_by_rule('marts') }} and gaps.period >= {{ number_of_rule('first_period', programme_of('gaps.indicator_id')) }}
)

select
    {% for column in columns %}
    {% if column in forms %}
    {% set side, more = forms[column] %}
    case when hidden_reason is null then {{ printed(column, 'decimals + ' ~ more, side) }} end as {{ column }},
    {% else %}
    {{ column }},
    {% endif %}
    {% endfor %}
    cast(case when hidden_reason is null then decimals end as bigint) as decimals,
    {% for side in ['programme_n', 'comparator_n'] %}
    case when hidden_reason is null then {{ printed_count(side) }} end as {{ side }},
    {% endfor %}
    is_full_count,
    case when hidden_reason is null then {{ rnd('coverage_pct', 0) }} end as coverage_pct,
    case when hidden_reason is null then status else 'hidden' end as status,
    is_deciding_baseline,
    is_default_variant,
    hidden_reason is not null as is_hidden,
    hidden_reason,
    {{ t_text('null') }} as shown_at_level,
    is_synthetic
from judged
