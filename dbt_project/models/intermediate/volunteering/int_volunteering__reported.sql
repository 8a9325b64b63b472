{{ config(materialized='view') }}

select
    closure.ancestor_id as area_id,
    counts.period, counts.counting_unit, counts.method, counts.unit,
    'reporting_organisations_seated_in_area' as scope,
    counts.reference_on, counts.organisation_id, counts.value, counts.status, counts.source_id, counts.delivery_id
from {{ ref('stg_volunteer_count') }} as counts
inner join {{ ref('int_area__closure') }} as closure
    on counts.area_id = closure.area_id
    and counts.reference_on between closure.valid_from and closure.valid_to
