with figures as (
    select
        measure_id, area_level, area_id, period, reference_on,
        cast(value as decimal(24, 8)) as value,
        cast(null as bigint) as n,
        unit, symbol, status, source_id, table_name, delivery_id, row_address,
        false as is_derived,
        cast(delivered_value as decimal(24, 8)) as delivered_value,
        correction_id
    from {{ ref('int_measure__corrected') }}
),

answers as (
    select tallied.*, areas.area_level
    from {{ ref('int_survey__tallied') }} as tallied
    inner join (select distinct area_id, area_level from {{ ref('stg_programme_area') }}) as areas
        on tallied.area_id = areas.area_id
),

-- the weights are those of all valid answers, whatever is asked of them
{% for cte, measure, value, condition in [
    ('scores', 'measure_id', 'score_sum', 'true'),
    ('weights', 'weight_measure_id', 'weight_sum', "outcome in ('improve', 'grade')"),
] %}
{{ cte }} as (
    select
        {{ measure }} as measure_id, area_level, area_id, period,
        cast(null as date) as reference_on,
        {{ value }} as value,
        n,
        'weighted_answers' as unit,
        {{ t_text('null') }} as symbol,
        'final' as status,
        source_id, table_name, delivery_id,
        {{ t_text('null') }} as row_address,
        true as is_derived,
        cast(null as decimal(24, 8)) as delivered_value,
        {{ t_text('null') }} as correction_id
    from answers
    where {{ condition }}
),

{% endfor %}
{% for cte, model, symbol in [
    ('counts', 'int_measure__counted', t_text('null')), ('sums', 'int_measure__summed', 'symbol'),
] %}
{{ cte }} as (
    select
        measure_id, area_level, area_id, period, reference_on,
        cast(value as decimal(24, 8)) as value,
        cast(null as bigint) as n,
        unit,
        {{ symbol }} as symbol,
        status, source_id,
        {{ t_text('null') }} as table_name,
        delivery_id,
        {{ t_text('null') }} as row_address,
        true as is_derived,
        cast(null as decimal(24, 8)) as delivered_value,
        {{ t_text('null') }} as correction_id
    from {{ ref(model) }}
),

{% endfor %}
unioned as (
    select * from figures
    union all
    select * from sums
    union all
    select * from scores
    union all
    select * from weights
    union all
    select * from counts
)

select *, {{ period_end('period') }} as period_end_on
from unioned
