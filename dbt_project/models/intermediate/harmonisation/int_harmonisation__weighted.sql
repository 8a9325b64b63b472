{# Values of the areas of one level with their share of the indicator's denominator. Samples are left out: their
   dispersion is mostly sampling error. #}
with areas as (
    select distinct area_id, area_level, publication_unit_id from {{ ref('stg_programme_area') }}
),

placed as (
    select
        valued.indicator_id, valued.definition_version, areas.area_level, valued.area_id, valued.period, valued.value,
        {{ t_double('valued.denominator') }} as denominator,
        sourced.scale in ('share', 'ratio', 'count') as is_relative,
        {{ odds('valued.value', 'sourced.scale', 'sourced.whole') }} as odds,
        coalesce(areas.publication_unit_id, areas.area_id) as publication_unit_id
    from {{ ref('int_indicator__valued') }} as valued
    inner join areas on valued.area_id = areas.area_id
    inner join {{ ref('stg_programme_level') }} as levels on areas.area_level = levels.area_level
    inner join {{ ref('int_indicator__sourced') }} as sourced
        on valued.indicator_id = sourced.indicator_id
        and valued.definition_version = sourced.definition_version
    where valued.area_kind = 'area' and levels.level_rank > 0 and valued.is_full_count
),

totals as (
    select
        indicator_id, definition_version, area_level, period,
        count(*) as area_count,
        sum(case when value is null and coalesce(denominator, 1) <> 0 then 1 else 0 end) as withheld_count,
        {{ t_double('sum(' ~ t_exact('case when value is not null then denominator end') ~ ')') }} as total
    from placed
    group by indicator_id, definition_version, area_level, period
)

select
    placed.*,
    ln(placed.odds) as log_value,
    totals.area_count,
    totals.withheld_count,
    placed.denominator / totals.total as weight
from placed
inner join totals
    on placed.indicator_id = totals.indicator_id
    and placed.definition_version = totals.definition_version
    and placed.area_level = totals.area_level
    and placed.period = totals.period
where placed.value is not null and totals.total > 0 and totals.area_count >= {{ minimum_areas() }}
