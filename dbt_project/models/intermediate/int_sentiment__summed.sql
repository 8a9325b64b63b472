{{ config(materialized='view') }}

-- cases of a partial area enter the sums with its weight in the area set; n counts them whole
with tallied as (
    select *, {{ period_end('period') }} as period_end_on from {{ ref('int_survey__tallied') }}
)

select
    tallied.item_id, tallied.period, membership.target_id, membership.area_level, tallied.source_id,
    max(tallied.delivery_id) as delivery_id,
    cast(sum(tallied.n) as bigint) as n,
    {% for column in ['weight_sum', 'improve_weight', 'unchanged_weight', 'worsen_weight', 'grade_weight',
                      'grade_weighted_sum'] %}
    {{ t_sum('sum(tallied.' ~ column ~ ' * membership.weight)') }} as {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from tallied
inner join {{ ref('int_area__membership') }} as membership
    on tallied.area_id = membership.area_id
    and tallied.period_end_on between membership.valid_from and membership.valid_to
group by tallied.item_id, tallied.period, membership.target_id, membership.area_level, tallied.source_id
