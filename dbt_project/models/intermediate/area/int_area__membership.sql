with areas as (
    select area_id, valid_from, {{ open_end('valid_to') }} as valid_to
    from {{ ref('stg_programme_area') }}
)

select ancestor_id as reference_area_id, area_id, area_level, {{ t_weight('1') }} as weight, valid_from, valid_to
from {{ ref('int_area__closure') }}
union all
select
    {{ reference_area_of_set('parts.variant_id', 'parts.role', 'parts.territory') }} as reference_area_id,
    parts.area_id,
    parts.area_level,
    parts.weight,
    greatest(areas.valid_from, parts.valid_from) as valid_from,
    least(areas.valid_to, parts.valid_to) as valid_to
from {{ ref('int_area_set__expanded') }} as parts
inner join areas on parts.area_id = areas.area_id
where
    parts.role <> 'city'
    and areas.valid_from <= parts.valid_to
    and parts.valid_from <= areas.valid_to
