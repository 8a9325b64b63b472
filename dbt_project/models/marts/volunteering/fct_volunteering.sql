with summed as (
    select * from {{ ref('int_volunteering__summed') }}
),

followed as (
    select
        area_id, period, counting_unit, scope, method, unit, reference_on, organisation_count,
        missing_organisation_count, value, status,
        lag(period) over (
            partition by area_id, counting_unit, scope, method, unit order by period nulls last
        ) as previous_period
    from summed
)

select
    followed.area_id,
    followed.period,
    followed.counting_unit,
    followed.scope,
    followed.method,
    followed.value,
    followed.unit,
    followed.status,
    followed.organisation_count,
    followed.missing_organisation_count,
    followed.reference_on,
    followed.previous_period,
    panels.growth_pct,
    panels.panel_growth_pct,
    panels.panel_organisation_count,
    panels.panel_coverage_pct,
    panels.entered_organisation_count,
    panels.left_organisation_count,
    {{ is_synthetic() }} as is_synthetic
from followed
left join {{ ref('int_volunteering__paneled') }} as panels
    on followed.area_id = panels.area_id
    and followed.counting_unit = panels.counting_unit
    and followed.scope = panels.scope
    and followed.method = panels.method
    and followed.unit = panels.unit
    and followed.period = panels.period
    and followed.previous_period = panels.base_period
