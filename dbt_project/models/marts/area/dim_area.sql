with areas as (
    select * from {{ ref('stg_programme_area') }}
),

cities as (
    select distinct area_id, ancestor_id as city_id
    from {{ ref('int_area__closure') }}
    where ancestor_level_rank = 0 and is_main_tree
)

select
    areas.area_id,
    areas.area_level,
    cast(levels.level_rank as bigint) as level_rank,
    levels.name_de as level_name_de,
    levels.name_en as level_name_en,
    areas.area_code,
    areas.area_name,
    areas.parent_id,
    areas.alternative_parent_id,
    areas.publication_unit_id,
    cities.city_id,
    areas.alternative_parent_id is not null as has_alternative_parent,
    cast(areas.area_ha as decimal(24, 8)) as area_ha,
    areas.valid_from,
    areas.valid_to,
    areas.delivery_id,
    areas.row_address,
    {{ is_synthetic() }} as is_synthetic
from areas
inner join {{ ref('stg_programme_level') }} as levels on areas.area_level = levels.area_level
left join cities on areas.area_id = cities.area_id
