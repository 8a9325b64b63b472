-- Cases are counted once, by answer; what is asked of the answers needs no more than that. A weight keeps its eight
-- digits, since rounding case by case costs ten times the sum; 19 + 18 digits multiply in 128 bits on every engine.
with answered as (
    select
        period, area_id, item_id, answer, source_id, table_name,
        max(delivery_id) as delivery_id,
        count(*) as n,
        cast(sum(weight) as decimal(24, 8)) as weight_sum,
        cast(
            sum(cast(weight as decimal(19, 8)) * cast(weight as decimal(18, 8))) as decimal(28, 6)
        ) as weight_square_sum
    from {{ ref('stg_survey_case') }}
    where answer in ('improve', 'unchanged', 'worsen', '1', '2', '3', '4', '5', '6')
    group by period, area_id, item_id, answer, source_id, table_name
),

-- what is asked of an answer: one of three outlooks (share of answers), or a grade (mean of answers)
scored as (
    {% for outcome in ['improve', 'unchanged', 'worsen'] %}
    select
        *,
        '{{ outcome }}' as outcome,
        item_id || '_{{ outcome }}_weighted_sum' as measure_id,
        cast(case when answer = '{{ outcome }}' then 1 else 0 end as decimal(1, 0)) as score
    from answered
    where answer in ('improve', 'unchanged', 'worsen')
    union all
    {% endfor %}
    select
        *,
        'grade' as outcome,
        item_id || '_weighted_sum' as measure_id,
        cast(
            case answer
                when '1' then 1 when '2' then 2 when '3' then 3 when '4' then 4 when '5' then 5 else 6
            end as decimal(1, 0)
        ) as score
    from answered
    where answer in ('1', '2', '3', '4', '5', '6')
)

select
    item_id,
    outcome,
    measure_id,
    item_id || '_weight' as weight_measure_id,
    area_id,
    period,
    {{ period_end('period') }} as period_end_on,
    source_id,
    table_name,
    max(delivery_id) as delivery_id,
    cast(sum(n) as bigint) as n,
    cast(sum(weight_sum) as decimal(24, 8)) as weight_sum,
    cast(sum(weight_square_sum) as decimal(28, 6)) as weight_square_sum,
    cast(sum(weight_sum * score) as decimal(24, 8)) as score_sum,
    cast(sum(weight_square_sum * score) as decimal(28, 6)) as score_cross_sum,
    cast(sum(weight_square_sum * score * score) as decimal(28, 6)) as score_square_sum
from scored
group by item_id, outcome, measure_id, area_id, period, source_id, table_name
