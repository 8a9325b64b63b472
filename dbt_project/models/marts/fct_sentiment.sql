with items as (
    select * from {{ ref('stg_programme_term') }} where vocabulary = 'survey_items'
),

placed as (
    select
        summed.*,
        targets.area_kind, targets.area_id, targets.variant_id, targets.role,
        summed.improve_weight + summed.unchanged_weight + summed.worsen_weight as outlook_weight
    from {{ ref('int_sentiment__summed') }} as summed
    inner join {{ ref('int_area__target') }} as targets
        on summed.target_id = targets.target_id
        and (targets.member_level is null or targets.member_level = summed.area_level)
)

select
    placed.period,
    placed.item_id,
    items.name_de as item_name_de,
    items.name_en as item_name_en,
    placed.area_kind,
    placed.area_id,
    placed.variant_id,
    placed.role,
    {% for column, part in [
        ('optimists_pct', 'improve_weight'), ('unchanged_pct', 'unchanged_weight'), ('pessimists_pct', 'worsen_weight')
    ] %}
    {{ rnd(
        '100 * ' ~ t_double('placed.' ~ part) ~ ' / nullif(' ~ t_double('placed.outlook_weight') ~ ', 0)', 6
    ) }} as {{ column }},
    {% endfor %}
    {{ rnd(
        t_double('placed.grade_weighted_sum') ~ ' / nullif(' ~ t_double('placed.grade_weight') ~ ', 0)', 6
    ) }} as grade_mean,
    placed.n,
    placed.weight_sum,
    placed.source_id,
    placed.delivery_id,
    {{ is_synthetic() }} as is_synthetic
from placed
left join items on placed.item_id = items.term_id
