{# Two territories: `today` takes the members declared without an end for all periods, so that the series has one
   footprint; `as_then` takes, stretch by stretch, the members declared for that time, and exists only where the
   membership of a variant ever changed. #}
with declared as (
    select variant_id, role, area_id, {{ t_weight('weight') }} as weight, valid_from, {{ open_end('valid_to') }} as valid_to
    from {{ ref('stg_programme_area_set') }}
),

starts as (
    select variant_id, valid_from as starts_on from declared
    union
    select variant_id, {{ day_after('valid_to') }} as starts_on
    from declared
    where valid_to < cast('9999-12-31' as date)
),

stretches as (
    select
        variant_id,
        case when position = 1 then cast('0001-01-01' as date) else starts_on end as valid_from,
        coalesce({{ day_before('next_on') }}, cast('9999-12-31' as date)) as valid_to,
        starts_on
    from (
        select
            variant_id,
            starts_on,
            row_number() over (partition by variant_id order by starts_on nulls last) as position,
            lead(starts_on) over (partition by variant_id order by starts_on nulls last) as next_on
        from starts
    ) as ordered
),

changing as (
    select variant_id from stretches group by variant_id having count(*) > 1
),

members as (
    select
        variant_id, 'today' as territory, role, area_id, weight,
        cast('0001-01-01' as date) as valid_from, cast('9999-12-31' as date) as valid_to
    from declared
    where valid_to = cast('9999-12-31' as date)
    union all
    select
        declared.variant_id, 'as_then' as territory, declared.role, declared.area_id, declared.weight,
        stretches.valid_from, stretches.valid_to
    from declared
    inner join changing on declared.variant_id = changing.variant_id
    inner join stretches
        on declared.variant_id = stretches.variant_id
        and stretches.starts_on between declared.valid_from and declared.valid_to
),

base_levels as (
    select distinct base_level as area_level from {{ ref('stg_programme_indicator') }}
),

closure as (
    select distinct area_id, area_level, ancestor_id, ancestor_level_rank, is_main_tree
    from {{ ref('int_area__closure') }}
),

reached as (
    select
        members.variant_id, members.territory, members.valid_from, members.valid_to, members.role, closure.area_level,
        count(distinct members.area_id) as reached_count
    from members
    inner join closure on members.area_id = closure.ancestor_id
    inner join base_levels on closure.area_level = base_levels.area_level
    group by
        members.variant_id, members.territory, members.valid_from, members.valid_to, members.role, closure.area_level
),

-- a level is usable where every declared part consists of areas of that level
usable as (
    select reached.variant_id, reached.territory, reached.valid_from, reached.role, reached.area_level
    from reached
    inner join (
        select variant_id, territory, valid_from, role, count(distinct area_id) as member_count
        from members
        group by variant_id, territory, valid_from, role
    ) as whole_parts
        on reached.variant_id = whole_parts.variant_id
        and reached.territory = whole_parts.territory
        and reached.valid_from = whole_parts.valid_from
        and reached.role = whole_parts.role
    where reached.reached_count = whole_parts.member_count
),

inside as (
    select
        members.variant_id, members.territory, members.valid_from, members.valid_to, members.role,
        closure.area_level, closure.area_id, max(members.weight) as weight
    from members
    inner join closure on members.area_id = closure.ancestor_id
    inner join usable
        on members.variant_id = usable.variant_id
        and members.territory = usable.territory
        and members.valid_from = usable.valid_from
        and members.role = usable.role
        and closure.area_level = usable.area_level
    group by
        members.variant_id, members.territory, members.valid_from, members.valid_to, members.role,
        closure.area_level, closure.area_id
),

cities as (
    select area_id, area_level, ancestor_id as city_id
    from closure
    where ancestor_level_rank = 0 and is_main_tree
),

programmes as (
    select distinct
        inside.variant_id, inside.territory, inside.valid_from, inside.valid_to, inside.area_level, cities.city_id
    from inside
    inner join cities on inside.area_id = cities.area_id
    where inside.role = 'programme'
),

whole as (
    select programmes.*, cities.area_id
    from programmes
    inner join cities on programmes.city_id = cities.city_id and programmes.area_level = cities.area_level
),

rest as (
    select
        whole.variant_id, whole.territory, whole.valid_from, whole.valid_to, whole.area_level, whole.area_id,
        {{ t_weight('1 - coalesce(inside.weight, 0)') }} as weight
    from whole
    left join inside
        on whole.variant_id = inside.variant_id
        and whole.territory = inside.territory
        and whole.valid_from = inside.valid_from
        and whole.area_level = inside.area_level
        and whole.area_id = inside.area_id
        and inside.role = 'programme'
),

unioned as (
    {% for part, role, weight in [
        ('inside', 'role', 'weight'), ('rest', "'rest'", 'weight'), ('whole', "'city'", t_weight('1'))
    ] %}
    select
        variant_id, territory, valid_from, valid_to, {{ role }} as role, area_level, area_id, {{ weight }} as weight
    from {{ part }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select unioned.*, cities.city_id
from unioned
left join cities on unioned.area_id = cities.area_id
where unioned.weight > 0
