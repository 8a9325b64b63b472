with members as (
    select variant_id, role, area_id, {{ t_weight('weight') }} as weight
    from {{ ref('stg_programme_area_set') }}
    where valid_to is null
),

base_levels as (
    select distinct base_level as area_level from {{ ref('stg_programme_indicator') }}
),

closure as (
    select distinct area_id, area_level, ancestor_id, ancestor_level_rank, is_main_tree
    from {{ ref('int_area__closure') }}
),

reached as (
    select members.variant_id, members.role, closure.area_level, count(distinct members.area_id) as reached_count
    from members
    inner join closure on members.area_id = closure.ancestor_id
    inner join base_levels on closure.area_level = base_levels.area_level
    group by members.variant_id, members.role, closure.area_level
),

-- a level is usable where every declared part consists of areas of that level
usable as (
    select reached.variant_id, reached.role, reached.area_level
    from reached
    inner join (
        select variant_id, role, count(distinct area_id) as member_count
        from members
        group by variant_id, role
    ) as declared
        on reached.variant_id = declared.variant_id and reached.role = declared.role
    where reached.reached_count = declared.member_count
),

inside as (
    select members.variant_id, members.role, closure.area_level, closure.area_id, max(members.weight) as weight
    from members
    inner join closure on members.area_id = closure.ancestor_id
    inner join usable
        on members.variant_id = usable.variant_id
        and members.role = usable.role
        and closure.area_level = usable.area_level
    group by members.variant_id, members.role, closure.area_level, closure.area_id
),

cities as (
    select area_id, area_level, ancestor_id as city_id
    from closure
    where ancestor_level_rank = 0 and is_main_tree
),

programmes as (
    select distinct inside.variant_id, inside.area_level, cities.city_id
    from inside
    inner join cities on inside.area_id = cities.area_id
    where inside.role = 'programme'
),

whole as (
    select programmes.variant_id, programmes.area_level, programmes.city_id, cities.area_id
    from programmes
    inner join cities on programmes.city_id = cities.city_id and programmes.area_level = cities.area_level
),

rest as (
    select
        whole.variant_id,
        whole.area_level,
        whole.area_id,
        {{ t_weight('1 - coalesce(inside.weight, 0)') }} as weight
    from whole
    left join inside
        on whole.variant_id = inside.variant_id
        and whole.area_level = inside.area_level
        and whole.area_id = inside.area_id
        and inside.role = 'programme'
),

unioned as (
    select variant_id, role, area_level, area_id, weight from inside
    union all
    select variant_id, 'rest' as role, area_level, area_id, weight from rest
    union all
    select variant_id, 'city' as role, area_level, area_id, {{ t_weight('1') }} as weight from whole
)

select unioned.variant_id, unioned.role, unioned.area_level, unioned.area_id, unioned.weight, cities.city_id
from unioned
left join cities on unioned.area_id = cities.area_id
where unioned.weight > 0
