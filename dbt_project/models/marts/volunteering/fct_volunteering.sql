with summed as (
    select * from {{ ref('int_volunteering__summed') }}
),

followed as (
    select
        area_id, period, counting_unit, scope, method, unit, reference_on, organisation_count,
        missing_organisation_count, value, status,
        lag(period) over (
            partition by area_id, counting_unit, scope, method, unit order by period nulls last
        ) as previous_period,
        lag(value) over (
            partition by area_id, counting_unit, scope, method, unit order by period nulls last
        ) as previous_value
    from summed
)

select
    area_id,
    period,
    counting_unit,
    scope,
    method,
    value,
    unit,
    status,
    organisation_count,
    missing_organisation_count,
    reference_on,
    previous_period,
    {{ rnd(
        '100 * (' ~ t_double('value') ~ ' / nullif(' ~ t_double('previous_value') ~ ', 0) - 1)', 6
    ) }} as growth_pct,
    {{ is_synthetic() }} as is_synthetic
from followed
