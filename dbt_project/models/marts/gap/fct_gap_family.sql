{# By chance alone: at the margin the interval's lower limit lies beyond it as often as the one-sided test errs. #}
select
    gaps.variant_id,
    gaps.comparator,
    gaps.baseline_id,
    gaps.period,
    count(*) as headline_count,
    count(gaps.disadvantage_change) as tested_count,
    {% for verdict in ['narrowed', 'unchanged', 'widened', 'undecidable'] %}
    cast(sum(case when gaps.verdict = '{{ verdict }}' then 1 else 0 end) as bigint) as {{ verdict }}_count,
    {% endfor %}
    cast(sum(case when gaps.is_widened_adjusted then 1 else 0 end) as bigint) as widened_adjusted_count,
    {{ rnd(one_sided_error() ~ ' * count(gaps.disadvantage_change)', 6) }} as widened_expected_by_chance,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('fct_development_gap') }} as gaps
inner join {{ ref('dim_indicator') }} as indicators
    on gaps.indicator_id = indicators.indicator_id and gaps.definition_version = indicators.definition_version
where indicators.is_headline and gaps.verdict is not null
group by gaps.variant_id, gaps.comparator, gaps.baseline_id, gaps.period
