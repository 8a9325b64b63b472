with newest as (
    select
        indicator_id,
        max(definition_version) as definition_version
    from {{ ref('dim_indicator') }}
    group by indicator_id
),

-- cities are peers in an indicator they name and compute alike
defined as (
    select
        indicators.indicator_id,
        indicators.definition_version,
        {{ own_name('indicators.indicator_id') }}
        || '/' || indicators.kind || '/' || indicators.scale || '/' || indicators.unit || '/' || indicators.polarity
        || '/' || {{ t_text('indicators.factor') }}
        || '/' || {{ own_name('indicators.numerator_measure_id') }}
        || '/' || coalesce({{ own_name('indicators.subtracted_measure_id') }}, '')
        || '/' || coalesce({{ own_name('indicators.denominator_measure_id') }}, '') as definition
    from {{ ref('dim_indicator') }} as indicators
    inner join newest
        on indicators.indicator_id = newest.indicator_id and indicators.definition_version = newest.definition_version
),

figures as (
    select
        figures.indicator_id,
        figures.definition_version,
        figures.area_id,
        figures.period,
        defined.definition,
        figures.value,
        figures.lower,
        figures.upper,
        figures.unit,
        figures.comparability_break,
        figures.is_synthetic
    from {{ ref('public_fct_indicator_value') }} as figures
    inner join defined
        on figures.indicator_id = defined.indicator_id and figures.definition_version = defined.definition_version
    inner join {{ ref('dim_area') }} as areas on figures.area_id = areas.area_id and areas.level_rank = 0
    where figures.value is not null
),

spread as (
    select
        definition,
        period,
        count(*) as city_count,
        min(value) as lowest,
        percentile_cont(0.25) within group (order by value) as lower_quartile,
        percentile_cont(0.5) within group (order by value) as middle,
        percentile_cont(0.75) within group (order by value) as upper_quartile,
        max(value) as highest
    from figures
    group by definition, period
),

told_apart as (
    select
        city.indicator_id,
        city.period,
        sum(case when peer.upper < city.lower then 1 else 0 end) as lower_city_count,
        sum(case when peer.lower > city.upper then 1 else 0 end) as higher_city_count,
        sum(case when city.lower <= peer.upper and peer.lower <= city.upper then 1 else 0 end) as not_told_apart_count
    from figures as city
    inner join figures as peer
        on city.definition = peer.definition
        and city.period = peer.period
        and city.indicator_id <> peer.indicator_id
    group by city.indicator_id, city.period
)

select
    figures.indicator_id,
    figures.definition_version,
    figures.area_id,
    figures.period,
    figures.value,
    figures.lower,
    figures.upper,
    figures.unit,
    figures.comparability_break,
    cast(spread.city_count as bigint) as city_count,
    spread.lowest,
    {{ rnd('spread.lower_quartile', 6) }} as lower_quartile,
    {{ rnd('spread.middle', 6) }} as median_value,
    {{ rnd('spread.upper_quartile', 6) }} as upper_quartile,
    spread.highest,
    {% for count in ['lower_city_count', 'higher_city_count', 'not_told_apart_count'] %}
    cast(coalesce(told_apart.{{ count }}, 0) as bigint) as {{ count }},
    {% endfor %}
    figures.is_synthetic
from figures
inner join spread on figures.definition = spread.definition and figures.period = spread.period
left join told_apart on figures.indicator_id = told_apart.indicator_id and figures.period = told_apart.period
