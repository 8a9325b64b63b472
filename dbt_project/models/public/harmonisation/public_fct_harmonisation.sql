{# Columns in their order, and the figures among them. Weighted ones move little with one small area and are printed
   everywhere; shares of them, logarithms and figures that count every area alike tell on a hidden one, as do counts of areas
   without a logarithm: these only where all areas are known. #}
{% set columns = '''
    zero_count coefficient_of_variation theil theil_between theil_within theil_between_share variance_between_share
    mean_log_deviation log_measure log_dispersion log_left_out_count baseline_period pair_count distinct_pair_count
    is_inference_allowed inference_refused_reason sigma_baseline sigma sigma_change_pct sigma_change_lower_pct
    sigma_change_upper_pct variance_ratio correlation pitman_morgan_t degrees_of_freedom critical_t sigma_verdict
    beta_total beta_standard_error beta_t convergence_speed_per_year half_life_years
'''.split() %}
{% set forms = {
    'zero_count': 'count', 'coefficient_of_variation': 'weighted', 'theil': 'weighted', 'theil_between': 'of_variant',
    'theil_within': 'of_variant', 'theil_between_share': 'share_of_variant', 'variance_between_share': 'share_of_variant',
    'mean_log_deviation': 'weighted', 'log_dispersion': 'nearest', 'log_left_out_count': 'count',
    'pair_count': 'count', 'distinct_pair_count': 'count', 'sigma_baseline': 'nearest', 'sigma': 'nearest',
    'sigma_change_pct': 'nearest', 'sigma_change_lower_pct': 'lower', 'sigma_change_upper_pct': 'upper',
    'variance_ratio': 'nearest', 'correlation': 'nearest', 'pitman_morgan_t': 'nearest',
    'degrees_of_freedom': 'count', 'critical_t': 'nearest', 'beta_total': 'nearest', 'beta_standard_error': 'nearest',
    'beta_t': 'nearest', 'convergence_speed_per_year': 'nearest', 'half_life_years': 'nearest',
} %}

with areas as (
    select
        figures.indicator_id,
        figures.definition_version,
        areas.area_level,
        max(case when figures.is_hidden then 1 else 0 end) as has_hidden
    from {{ ref('public_fct_indicator_value') }} as figures
    inner join {{ ref('dim_area') }} as areas on figures.area_id = areas.area_id
    group by figures.indicator_id, figures.definition_version, areas.area_level
),

scoped as (
    select
        spreads.*,
        -- known to everybody are the figures of an open level none of whose areas is hidden in any period
        spreads.area_level in {{ named_by_rule('open_levels') }} and areas.has_hidden = 0 as is_exact,
        spreads.variant_id is not null
            and spreads.variant_id not in {{ named_by_rule('variants_with_figures') }} as is_verdict_only
    from {{ ref('fct_harmonisation') }} as spreads
    inner join areas
        on spreads.indicator_id = areas.indicator_id
        and spreads.definition_version = areas.definition_version
        and spreads.area_level = areas.area_level
    where {{ beside("'fct_harmonisation'", 'spreads.indicator_id') }} in {{ named_by_rule('marts') }} and spreads.period >= {{ number_of_rule('first_period', programme_of('spreads.indicator_id')) }}
),

judged as (
    select
        *,
        case when is_exact then 4 else 2 end as decimals,
        case when is_verdict_only then 'verdict_only' when not is_exact then 'protected' end as hidden_reason
    from scoped
)

select
    indicator_id,
    definition_version,
    area_level,
    variant_id,
    period,
    area_count,
    n,
    {{ rnd('weighted_mean', 2) }} as weighted_mean,
    {% for column in columns %}
    {% set form = forms.get(column) %}
    {% if not form %}
    {{ column }},
    {% elif form == 'of_variant' %}
    case when not is_verdict_only then {{ printed(column, 'decimals') }} end as {{ column }},
    {% elif form == 'share_of_variant' %}
    case when is_exact and not is_verdict_only then {{ printed(column, 'decimals') }} end as {{ column }},
    {% elif form == 'weighted' %}
    {{ printed(column, 'decimals') }} as {{ column }},
    {% elif form == 'count' %}
    case when is_exact then {{ column }} end as {{ column }},
    {% else %}
    case when is_exact then {{ printed(column, 'decimals', form) }} end as {{ column }},
    {% endif %}
    {% endfor %}
    cast(decimals as bigint) as decimals,
    is_default_variant,
    hidden_reason is not null as is_hidden,
    hidden_reason,
    {{ t_text('null') }} as shown_at_level,
    is_synthetic
from judged
