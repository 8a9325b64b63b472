{# The value of an area set is the sum over areas i and age groups a of A(i) g(i, a) r(i, a): share of the area in the
   denominator, share of the age group in the area, rate. Das Gupta (1993): the effect of one factor is its change times
   a third of the products of the other two in both periods and a sixth of the mixed products; the three effects sum to
   the change. Where a period has no denominator in an area, the rate of the other period stands in, so that the area
   counts as mix alone. #}
{% set factors = ['share', 'age', 'rate'] %}

with baselines as (
    select sourced.indicator_id, sourced.definition_version, baselines.first_period as period
    from {{ ref('int_indicator__sourced') }} as sourced
    inner join {{ ref('stg_programme_baseline') }} as baselines
        on sourced.baseline_id = baselines.baseline_id and baselines.first_period = baselines.last_period
),

stratified as (
    select * from {{ ref('int_indicator__stratified') }} where numerator is not null and denominator is not null
),

paired as (
    select
        later.indicator_id, later.definition_version, later.area_id, later.stratum_id,
        baselines.period as baseline_period, later.period, later.period_end_on,
        early.denominator as denominator_0,
        later.denominator as denominator_1,
        early.numerator / nullif(early.denominator, 0) as rate_0,
        later.numerator / nullif(later.denominator, 0) as rate_1
    from stratified as later
    inner join baselines
        on later.indicator_id = baselines.indicator_id
        and later.definition_version = baselines.definition_version
        and later.period > baselines.period
    inner join stratified as early
        on later.indicator_id = early.indicator_id
        and later.definition_version = early.definition_version
        and later.area_id = early.area_id
        and later.stratum_id = early.stratum_id
        and baselines.period = early.period
    left join {{ ref('int_indicator__parted') }} as broken
        on later.indicator_id = broken.indicator_id
        and later.definition_version = broken.definition_version
        and later.period = broken.period
        and baselines.period = broken.earlier_period
    where broken.period is null
),

areas as (
    select
        indicator_id, definition_version, area_id, period,
        {{ t_double('sum(' ~ t_exact('denominator_0') ~ ')') }} as area_denominator_0,
        {{ t_double('sum(' ~ t_exact('denominator_1') ~ ')') }} as area_denominator_1
    from paired
    group by indicator_id, definition_version, area_id, period
),

sets as (
    select distinct reference_area_id
    from {{ ref('int_reference_area__unioned') }}
    where area_kind = 'area_set' and territory = 'today'
),

placed as (
    select
        paired.*,
        membership.reference_area_id,
        {{ t_double('membership.weight') }} as weight,
        areas.area_denominator_0,
        areas.area_denominator_1
    from paired
    inner join areas
        on paired.indicator_id = areas.indicator_id
        and paired.definition_version = areas.definition_version
        and paired.area_id = areas.area_id
        and paired.period = areas.period
    inner join {{ ref('int_area__membership') }} as membership
        on paired.area_id = membership.area_id
        and paired.period_end_on between membership.valid_from and membership.valid_to
    inner join sets on membership.reference_area_id = sets.reference_area_id
),

totals as (
    select
        indicator_id, definition_version, reference_area_id, period,
        {{ t_double('sum(' ~ t_exact('weight * denominator_0') ~ ')') }} as total_0,
        {{ t_double('sum(' ~ t_exact('weight * denominator_1') ~ ')') }} as total_1
    from placed
    group by indicator_id, definition_version, reference_area_id, period
),

factored as (
    select
        placed.indicator_id, placed.definition_version, placed.reference_area_id, placed.baseline_period, placed.period,
        placed.stratum_id,
        placed.weight * placed.area_denominator_0 / nullif(totals.total_0, 0) as share_0,
        placed.weight * placed.area_denominator_1 / nullif(totals.total_1, 0) as share_1,
        coalesce(
            placed.denominator_0 / nullif(placed.area_denominator_0, 0),
            placed.denominator_1 / nullif(placed.area_denominator_1, 0),
            0
        ) as age_0,
        coalesce(
            placed.denominator_1 / nullif(placed.area_denominator_1, 0),
            placed.denominator_0 / nullif(placed.area_denominator_0, 0),
            0
        ) as age_1,
        coalesce(placed.rate_0, placed.rate_1, 0) as rate_0,
        coalesce(placed.rate_1, placed.rate_0, 0) as rate_1
    from placed
    inner join totals
        on placed.indicator_id = totals.indicator_id
        and placed.definition_version = totals.definition_version
        and placed.reference_area_id = totals.reference_area_id
        and placed.period = totals.period
)

select
    indicator_id, definition_version, reference_area_id, baseline_period, period,
    {% for factor in factors %}
    {% set one, other = factors | reject('equalto', factor) | list %}
    {{ t_double('sum(' ~ t_exact(
        '(' ~ factor ~ '_1 - ' ~ factor ~ '_0) * ('
        ~ '(' ~ one ~ '_0 * ' ~ other ~ '_0 + ' ~ one ~ '_1 * ' ~ other ~ '_1) / 3 + '
        ~ '(' ~ one ~ '_0 * ' ~ other ~ '_1 + ' ~ one ~ '_1 * ' ~ other ~ '_0) / 6)'
    ) ~ ')') }} as {{ factor }}_effect,
    {% endfor %}
    count(distinct stratum_id) > 1 as has_age,
    {{ t_double('sum(' ~ t_exact('share_1 * age_0 * rate_0') ~ ')') }} as baseline_at_later_weights
from factored
group by indicator_id, definition_version, reference_area_id, baseline_period, period
