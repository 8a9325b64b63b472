{{ config(materialized='view') }}

with ordered as (
    select
        *,
        {{ delivery_position('area_id, period, counting_unit, method, unit') }} as delivery_position
    from {{ ref('int_volunteering__reported') }}
)

select
    area_id, period, counting_unit, method, unit, scope,
    max(reference_on) as reference_on,
    {{ named_delivery() }},
    count(distinct organisation_id) as organisation_count,
    cast(sum(case when value is null then 1 else 0 end) as bigint) as missing_organisation_count,
    case when count(*) = count(value) then {{ t_sum('sum(value)') }} end as value,
    case
        when count(*) > count(value) then 'incomplete'
        else {{ status_of_rank('max(' ~ status_rank('status') ~ ')') }}
    end as status
from ordered
group by area_id, period, counting_unit, method, unit, scope
