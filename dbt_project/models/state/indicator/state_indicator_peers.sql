-- cities are peers in an indicator they name alike and compute from measures of the same names
with defined as (
    select
        indicator_id,
        definition_version,
        {{ own_name('indicator_id') }}
        || '/' || kind || '/' || scale || '/' || unit
        || '/' || {{ t_text('factor') }}
        || '/' || {{ own_name('numerator_measure_id') }}
        || '/' || coalesce({{ own_name('subtracted_measure_id') }}, '')
        || '/' || coalesce({{ own_name('denominator_measure_id') }}, '') as definition
    from {{ ref('dim_indicator') }}
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
        figures.interval_method,
        -- limits that tell of rounding alone tell nothing of chance
        case when figures.interval_method <> 'rounding_bound' then figures.lower end as chance_lower,
        case when figures.interval_method <> 'rounding_bound' then figures.upper end as chance_upper,
        figures.unit,
        figures.status,
        figures.comparability_break,
        figures.is_synthetic
    from {{ ref('public_fct_indicator_value') }} as figures
    inner join defined
        on figures.indicator_id = defined.indicator_id and figures.definition_version = defined.definition_version
    inner join {{ ref('dim_area') }} as areas on figures.area_id = areas.area_id and areas.level_rank = 0
    where figures.value is not null and figures.area_kind = 'area'
),

spread as (
    select
        definition,
        period,
        count(*) as city_count,
        min(value) as lowest,
        percentile_cont(0.25) within group (order by value) as lower_quartile,
        percentile_cont(0.5) within group (order by value) as median_value,
        percentile_cont(0.75) within group (order by value) as upper_quartile,
        max(value) as highest
    from figures
    group by definition, period
),

told_apart as (
    select
        city.indicator_id,
        city.definition_version,
        city.period,
        sum(case when peer.chance_upper < city.chance_lower then 1 else 0 end) as lower_city_count,
        sum(case when peer.chance_lower > city.chance_upper then 1 else 0 end) as higher_city_count,
        sum(
            case when city.chance_lower <= peer.chance_upper and peer.chance_lower <= city.chance_upper then 1 else 0 end
        ) as not_told_apart_count
    from figures as city
    inner join figures as peer
        on city.definition = peer.definition
        and city.period = peer.period
        and city.indicator_id <> peer.indicator_id
    where city.chance_lower is not null and peer.chance_lower is not null
    group by city.indicator_id, city.definition_version, city.period
)

select
    figures.indicator_id,
    figures.definition_version,
    figures.area_id,
    figures.period,
    figures.value,
    figures.lower,
    figures.upper,
    figures.interval_method,
    figures.unit,
    figures.status,
    figures.comparability_break,
    cast(spread.city_count as bigint) as city_count,
    spread.lowest,
    {% for point in ['lower_quartile', 'median_value', 'upper_quartile'] %}
    {{ rnd('spread.' ~ point, 6) }} as {{ point }},
    {% endfor %}
    spread.highest,
    {% for count in ['lower_city_count', 'higher_city_count', 'not_told_apart_count'] %}
    cast(case when figures.chance_lower is not null then coalesce(told_apart.{{ count }}, 0) end as bigint) as {{ count }},
    {% endfor %}
    figures.is_synthetic
from figures
inner join spread on figures.definition = spread.definition and figures.period = spread.period
left join told_apart
    on figures.indicator_id = told_apart.indicator_id
    and figures.definition_version = told_apart.definition_version
    and figures.period = told_apart.period
