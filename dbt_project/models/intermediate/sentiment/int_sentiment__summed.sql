{{ config(materialized='view') }}

-- cases of a partial area enter the sums with its weight in the area set; n counts them whole
with tallied as (
    select * from {{ ref('int_survey__tallied') }}
),

-- small areas have too few cases to be shown: the city, its first division and area sets are enough
shown as (
    select distinct reference_areas.reference_area_id
    from {{ ref('int_reference_area__unioned') }} as reference_areas
    left join {{ ref('stg_programme_level') }} as levels on reference_areas.area_level = levels.area_level
    where reference_areas.area_kind = 'area_set' or levels.level_rank <= 1
)

select
    tallied.item_id, tallied.outcome, tallied.period, membership.reference_area_id, membership.area_level,
    tallied.source_id,
    max(tallied.delivery_id) as delivery_id,
    cast(sum(tallied.n) as bigint) as n,
    {{ t_sum('sum(tallied.weight_sum * membership.weight)') }} as weight_sum,
    {{ t_sum('sum(tallied.score_sum * membership.weight)') }} as score_sum,
    {% for column in ['weight_square_sum', 'score_cross_sum', 'score_square_sum'] %}
    cast(sum(tallied.{{ column }} * {{ t_square_weight('membership.weight') }}) as decimal(38, 6)) as {{ column }}
    {{- ',' if not loop.last }}
    {% endfor %}
from tallied
inner join {{ ref('int_area__membership') }} as membership
    on tallied.area_id = membership.area_id
    and tallied.period_end_on between membership.valid_from and membership.valid_to
inner join shown on membership.reference_area_id = shown.reference_area_id
group by
    tallied.item_id, tallied.outcome, tallied.period, membership.reference_area_id, membership.area_level,
    tallied.source_id
