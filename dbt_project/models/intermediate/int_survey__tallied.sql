with cases as (
    select period, area_id, item_id, answer, weight, source_id, table_name, delivery_id
    from {{ ref('stg_survey_case') }}
    where answer in ('improve', 'unchanged', 'worsen', '1', '2', '3', '4', '5', '6')
)

select
    item_id,
    area_id,
    period,
    source_id,
    table_name,
    max(delivery_id) as delivery_id,
    count(*) as n,
    cast(sum(weight) as decimal(24, 8)) as weight_sum,
    cast(sum(case when answer = 'improve' then weight else 0 end) as decimal(24, 8)) as improve_weight,
    cast(sum(case when answer = 'unchanged' then weight else 0 end) as decimal(24, 8)) as unchanged_weight,
    cast(sum(case when answer = 'worsen' then weight else 0 end) as decimal(24, 8)) as worsen_weight,
    cast(
        sum(case when answer in ('1', '2', '3', '4', '5', '6') then weight else 0 end) as decimal(24, 8)
    ) as grade_weight,
    cast(
        sum(
            weight * case answer
                when '1' then 1 when '2' then 2 when '3' then 3 when '4' then 4 when '5' then 5 when '6' then 6
                else 0
            end
        ) as decimal(24, 8)
    ) as grade_weighted_sum
from cases
group by item_id, area_id, period, source_id, table_name
