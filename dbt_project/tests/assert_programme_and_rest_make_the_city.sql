{{ config(meta={'sentence_de': 'die Gewichte von Programmgebiet und Rest ergeben für jedes Gebiet 1', 'sentence_en': 'the weights of programme and rest make 1 for every area'}) }}
-- Weights of programme and rest add up to 1 for every variant, territory, stretch of time and base area, and both cover the city exactly.
with parts as (
    select variant_id, territory, valid_from, area_level, area_id, sum(weight) as weight
    from {{ ref('bridge_area_set') }}
    where role in ('programme', 'rest')
    group by variant_id, territory, valid_from, area_level, area_id
),

whole as (
    select variant_id, territory, valid_from, area_level, area_id, weight
    from {{ ref('bridge_area_set') }}
    where role = 'city'
)

select
    coalesce(parts.variant_id, whole.variant_id) as variant_id,
    coalesce(parts.territory, whole.territory) as territory,
    coalesce(parts.valid_from, whole.valid_from) as valid_from,
    coalesce(parts.area_id, whole.area_id) as area_id,
    parts.weight as part_weight,
    whole.weight as whole_weight
from parts
full outer join whole
    on parts.variant_id = whole.variant_id
    and parts.territory = whole.territory
    and parts.valid_from = whole.valid_from
    and parts.area_level = whole.area_level
    and parts.area_id = whole.area_id
where coalesce(parts.weight, 0) <> coalesce(whole.weight, 0)
