with areas as (
    select area_id, valid_from, {{ open_end('valid_to') }} as valid_to
    from {{ ref('stg_programme_area') }}
)

select ancestor_id as target_id, area_id, area_level, {{ t_weight('1') }} as weight, valid_from, valid_to
from {{ ref('int_area__closure') }}
union all
select
    parts.variant_id || '/' || parts.role as target_id,
    parts.area_id,
    parts.area_level,
    parts.weight,
    areas.valid_from,
    areas.valid_to
from {{ ref('int_area_set__expanded') }} as parts
inner join areas on parts.area_id = areas.area_id
where parts.role <> 'city'
