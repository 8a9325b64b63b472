{# The same areas at the baseline and later, on log odds for shares, else on the logarithm. sigma: standard deviations of both periods and Pitman (1939)
   and Morgan (1939) t, since an F test would take them as independent. beta: slope of total growth on the starting
   level (Barro and Sala-i-Martin 1992). Areas with the same two values are one observation, not several, whether a
   publication unit is declared or not; where a value is withheld nothing is tested. The limits of the change of sigma
   invert the test of Pitman and Morgan: with a = t sqrt((1 - r r) / df) the ratio of both standard deviations lies between
   itself times sqrt(1 + a a) - a and times sqrt(1 + a a) + a, so limits and test always say the same. All
   sums are over level and growth: where levels hardly move, those over both levels would cancel to nothing. So would growth
   as a difference of logarithms, whose last bit is not the same on every engine: it is the logarithm of the ratio. #}
with baselines as (
    select sourced.indicator_id, sourced.definition_version, baselines.first_period as period
    from {{ ref('int_indicator__sourced') }} as sourced
    inner join {{ ref('stg_programme_baseline') }} as baselines
        on sourced.baseline_id = baselines.baseline_id and baselines.first_period = baselines.last_period
),

weighted as (
    select * from {{ ref('int_harmonisation__weighted') }} where odds is not null
),

paired as (
    select
        later.indicator_id, later.definition_version, later.area_level, later.period,
        baselines.period as baseline_period,
        early.withheld_count + later.withheld_count as withheld_count,
        early.log_value as log_0,
        ln(later.odds / early.odds) as growth
    from weighted as later
    inner join baselines
        on later.indicator_id = baselines.indicator_id
        and later.definition_version = baselines.definition_version
        and later.period > baselines.period
    inner join weighted as early
        on later.indicator_id = early.indicator_id
        and later.definition_version = early.definition_version
        and later.area_id = early.area_id
        and baselines.period = early.period
    left join {{ ref('int_indicator__parted') }} as broken
        on later.indicator_id = broken.indicator_id
        and later.definition_version = broken.definition_version
        and later.period = broken.period
        and baselines.period = broken.earlier_period
    where broken.period is null
),

distinct_counts as (
    select indicator_id, definition_version, area_level, period, count(*) as n_distinct
    from (
        select distinct
            indicator_id, definition_version, area_level, period, log_0, growth
        from paired
    ) as observations
    group by indicator_id, definition_version, area_level, period
),

means as (
    select
        indicator_id, definition_version, area_level, period,
        {{ t_double('sum(' ~ t_exact('log_0') ~ ')') }} / count(*) as mean_0,
        {{ t_double('sum(' ~ t_exact('growth') ~ ')') }} / count(*) as mean_growth
    from paired
    group by indicator_id, definition_version, area_level, period
),

moments as (
    select
        paired.indicator_id, paired.definition_version, paired.area_level, paired.period, paired.baseline_period,
        count(*) as n,
        max(paired.withheld_count) as withheld_count,
        cast(paired.period as integer) - cast(paired.baseline_period as integer) as years,
        {% set level, growth = '(paired.log_0 - means.mean_0)', '(paired.growth - means.mean_growth)' %}
        {% for name, left, right in [('ss_0', level, level), ('ss_g', growth, growth), ('sp_g', level, growth)] %}
        {{ t_double('sum(' ~ t_exact(left ~ ' * ' ~ right) ~ ')') }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from paired
    inner join means
        on paired.indicator_id = means.indicator_id
        and paired.definition_version = means.definition_version
        and paired.area_level = means.area_level
        and paired.period = means.period
    group by paired.indicator_id, paired.definition_version, paired.area_level, paired.period, paired.baseline_period
),

-- what is left of a spread below the last digit of the sums is none
spread as (
    select
        *,
        greatest(ss_0 + 2 * sp_g + ss_g, 0) as ss_1,
        ss_0 > n * {{ exact_square() }} as is_spread,
        case when ss_0 > n * {{ exact_square() }} then ss_g - sp_g * sp_g / ss_0 end as residual_ss
    from moments
),

ratios as (
    select
        spread.*,
        distinct_counts.n_distinct,
        spread.ss_0 / nullif(spread.ss_1, 0) as variance_ratio,
        (spread.ss_0 + spread.sp_g) / nullif(sqrt(spread.ss_0 * spread.ss_1), 0) as correlation,
        case when spread.is_spread then spread.sp_g / spread.ss_0 end as beta_total,
        case
            when spread.n < {{ minimum_pairs() }} then 'too_few_areas'
            when spread.withheld_count > 0 then 'withheld_values'
            when not spread.is_spread then 'no_variation'
            when distinct_counts.n_distinct < spread.n then 'copied_values'
            when spread.residual_ss <= spread.n * {{ exact_square() }} then 'exactly_linear'
        end as inference_refused_reason
    from spread
    inner join distinct_counts
        on spread.indicator_id = distinct_counts.indicator_id
        and spread.definition_version = distinct_counts.definition_version
        and spread.area_level = distinct_counts.area_level
        and spread.period = distinct_counts.period
),

-- t of Pitman and Morgan (F - 1) sqrt(n - 2) / (2 sqrt(F (1 - r * r))), times the later sum of squares above and below
tested as (
    select
        *,
        case
            when inference_refused_reason is null
                then (ss_0 - ss_1) * sqrt(n - 2.0) / (2 * sqrt(ss_0 * residual_ss))
        end as pitman_morgan_t,
        case
            when inference_refused_reason is null then sqrt(residual_ss / ss_0 / (n - 2.0))
        end as beta_standard_error
    from ratios
),

-- 1 - r * r is what growth leaves unexplained of the later sum of squares
limited as (
    select
        tested.*,
        coalesce(criticals.critical_value, {{ z_95() }}) as critical_t,
        case when tested.inference_refused_reason is null then sqrt(tested.ss_1 / tested.ss_0) end as sigma_ratio,
        case
            when tested.inference_refused_reason is null
                then
                    coalesce(criticals.critical_value, {{ z_95() }})
                    * sqrt(tested.residual_ss / nullif(tested.ss_1, 0) / (tested.n - 2.0))
        end as sigma_half_width
    from tested
    left join {{ ref('critical_value') }} as criticals
        on criticals.distribution = 'student_t_975' and criticals.parameter = tested.n - 2
)

select
    limited.indicator_id, limited.definition_version, limited.area_level, limited.period, limited.baseline_period,
    limited.n, limited.n_distinct, limited.inference_refused_reason,
    sqrt(limited.ss_0 / nullif(limited.n - 1.0, 0)) as sigma_baseline,
    sqrt(limited.ss_1 / nullif(limited.n - 1.0, 0)) as sigma,
    limited.variance_ratio, limited.correlation, limited.pitman_morgan_t,
    limited.n - 2 as degrees_of_freedom,
    limited.critical_t,
    100 * (limited.sigma_ratio - 1) as sigma_change_pct,
    {% for end, sign in [('lower', '-'), ('upper', '+')] %}
    100 * (
        limited.sigma_ratio
        * (sqrt(1 + limited.sigma_half_width * limited.sigma_half_width) {{ sign }} limited.sigma_half_width) - 1
    ) as sigma_change_{{ end }}_pct,
    {% endfor %}
    limited.beta_total,
    limited.beta_standard_error,
    limited.beta_total / limited.beta_standard_error as beta_t,
    case
        when limited.beta_total < 0 and limited.beta_total > -1
            then nullif(-1 * ln(1 + limited.beta_total) / limited.years, 0)
    end as convergence_speed
from limited
