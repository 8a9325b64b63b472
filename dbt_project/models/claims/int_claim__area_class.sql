{{ config(materialized='view') }}

-- the class the index puts an area into, as its number; what is asked, status or dynamics, the expected class says
with evaluations as (
    select evaluated.*, claims.expected_class in ('positive', 'stable', 'negative') as is_dynamics
    from {{ ref('int_claim__evaluated') }} as evaluated
    inner join {{ ref('stg_programme_claim') }} as claims on evaluated.claim_id = claims.claim_id
    where evaluated.metric_kind = 'area_class'
),

classed as (
    select
        evaluations.claim_id, evaluations.evaluation, evaluations.period, evaluations.to_on, evaluations.is_dynamics,
        classes.index_id,
        {{ t_double(class_number('case when evaluations.is_dynamics then classes.dynamics_class else classes.status_class end')) }}
            as class_number
    from evaluations
    left join {{ ref('fct_area_class') }} as classes
        on evaluations.metric_of = classes.index_id
        and evaluations.area = classes.area_id
        and evaluations.period = classes.period
)

select
    claim_id,
    evaluation,
    period,
    {{ t_text('null') }} as variant_id,
    to_on as measured_on,
    class_number as estimate,
    class_number as lower,
    class_number as upper,
    class_number as level_estimate,
    cast(null as double) as baseline_estimate,
    cast(null as bigint) as denominator,
    cast(null as bigint) as n,
    true as is_full_count,
    {{ without_margin() }},
    {{ without_panel() }},
    case when is_dynamics then 'dynamics_class' else 'status_class' end as unit,
    case when index_id is null then 'no_data' when class_number is null then 'no_class' end as unusable_reason
from classed
