with items as (
    select * from {{ ref('stg_programme_term') }} where vocabulary = 'survey_items'
),

placed as (
    select summed.*, targets.area_kind, targets.area_id, targets.variant_id, targets.role, targets.territory
    from {{ ref('int_sentiment__summed') }} as summed
    inner join {{ ref('int_area__target') }} as targets
        on summed.target_id = targets.target_id
        and (targets.member_level is null or targets.member_level = summed.area_level)
),

pivoted as (
    select
        period, item_id, area_kind, area_id, variant_id, role, territory, source_id,
        max(delivery_id) as delivery_id,
        max(n) as n,
        max(weight_sum) as weight_sum,
        {% for outcome in ['improve', 'unchanged', 'worsen', 'grade'] %}
        max(case when outcome = '{{ outcome }}' then {{ t_double('score_sum') }} / {{ t_double('weight_sum') }} end)
            as {{ outcome }}_mean{{ ',' if not loop.last }}
        {% endfor %}
    from placed
    group by period, item_id, area_kind, area_id, variant_id, role, territory, source_id
)

select
    pivoted.period,
    pivoted.item_id,
    items.name_de as item_name_de,
    items.name_en as item_name_en,
    pivoted.area_kind,
    pivoted.area_id,
    pivoted.variant_id,
    pivoted.role,
    {% for column, outcome in [
        ('optimists_pct', 'improve'), ('unchanged_pct', 'unchanged'), ('pessimists_pct', 'worsen')
    ] %}
    {{ rnd('100 * pivoted.' ~ outcome ~ '_mean', 6) }} as {{ column }},
    {% endfor %}
    {{ rnd('pivoted.grade_mean', 6) }} as grade_mean,
    pivoted.n,
    pivoted.weight_sum,
    pivoted.source_id,
    pivoted.delivery_id,
    {{ is_synthetic() }} as is_synthetic
from pivoted
left join items on pivoted.item_id = items.term_id
where pivoted.territory = 'today' or pivoted.area_kind = 'area'
