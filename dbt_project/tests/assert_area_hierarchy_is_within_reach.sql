{{ config(meta={'sentence_de': 'jedes Gebiet gehört zu einem Gebiet der obersten Ebene', 'sentence_en': 'every area belongs to an area of the coarsest level'}) }}
-- Every area reaches an area of the coarsest level; a tree deeper than the closure, or a loose end, would not.
select areas.area_id
from {{ ref('dim_area') }} as areas
where areas.city_id is null
