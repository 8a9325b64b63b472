{{ config(materialized='view') }}

-- the figures of the city in an area set are those of the city itself: one reference_area_id, computed once
with areas as (
    select distinct area_id, area_level from {{ ref('stg_programme_area') }}
),

sets as (
    select distinct
        variant_id,
        role,
        territory,
        area_level as member_level,
        case
            when role = 'city' then city_id else {{ reference_area_of_set('variant_id', 'role', 'territory') }}
        end as reference_area_id
    from {{ ref('int_area_set__expanded') }}
)

select
    area_id as reference_area_id,
    'area' as area_kind,
    area_id,
    area_level,
    {{ t_text('null') }} as variant_id,
    {{ t_text('null') }} as role,
    'as_then' as territory,
    {{ t_text('null') }} as member_level
from areas
union all
select
    reference_area_id,
    'area_set' as area_kind,
    {{ t_text('null') }} as area_id,
    {{ t_text('null') }} as area_level,
    variant_id,
    role,
    territory,
    member_level
from sets
