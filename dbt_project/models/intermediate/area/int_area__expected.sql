{{ config(materialized='view') }}

with periods as (
    select distinct {{ programme_of('area_id') }} as programme, period, period_end_on from {{ ref('int_measure__unioned') }}
)

select membership.reference_area_id, membership.area_level, periods.period, count(*) as expected_member_count
from {{ ref('int_area__membership') }} as membership
inner join periods
    on {{ programme_of('membership.reference_area_id') }} = periods.programme
    and periods.period_end_on between membership.valid_from and membership.valid_to
group by membership.reference_area_id, membership.area_level, periods.period
