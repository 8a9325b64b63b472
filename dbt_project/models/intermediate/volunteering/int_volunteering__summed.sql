{{ config(materialized='view') }}

with counts as (
    select
        closure.ancestor_id as area_id,
        counts.period, counts.counting_unit, counts.method, counts.unit,
        counts.reference_on, counts.organisation_id, counts.value, counts.status, counts.source_id, counts.delivery_id
    from {{ ref('stg_volunteer_count') }} as counts
    inner join {{ ref('int_area__closure') }} as closure
        on counts.area_id = closure.area_id
        and counts.reference_on between closure.valid_from and closure.valid_to
),

ordered as (
    select
        *,
        {{ delivery_position('area_id, period, counting_unit, method, unit') }} as delivery_position
    from counts
)

select
    area_id, period, counting_unit, method, unit,
    'reporting_organisations_seated_in_area' as scope,
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
group by area_id, period, counting_unit, method, unit
