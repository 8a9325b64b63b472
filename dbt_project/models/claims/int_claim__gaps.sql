{{ config(materialized='view') }}

-- change of the disadvantage against the comparator the claim names, with the one against the rest beside it
with evaluations as (
    select * from {{ ref('int_claim__evaluated') }} where metric_kind = 'gap'
),

variants as (
    select variant_id from {{ ref('stg_programme_variant') }} where purpose = 'programme'
),

gaps as (
    select * from {{ ref('fct_development_gap') }}
)

select
    evaluations.claim_id,
    evaluations.evaluation,
    evaluations.period,
    variants.variant_id,
    evaluations.to_on as measured_on,
    deciding.disadvantage_change as estimate,
    deciding.disadvantage_change_lower as lower,
    deciding.disadvantage_change_upper as upper,
    deciding.gap_absolute as level_estimate,
    deciding.baseline_gap as baseline_estimate,
    cast(null as bigint) as denominator,
    deciding.programme_n as n,
    deciding.is_full_count,
    coalesce(evaluations.margin, deciding.margin) as margin,
    rest.disadvantage_change as rest_estimate,
    rest.disadvantage_change_lower as rest_lower,
    rest.disadvantage_change_upper as rest_upper,
    deciding.process_half_width,
    {{ without_panel() }},
    deciding.gap_unit as unit,
    case
        when deciding.indicator_id is null then 'no_data'
        when deciding.undecidable_reason <> 'interval_spans_margin' then deciding.undecidable_reason
        when deciding.disadvantage_change is null then 'missing_baseline'
        when deciding.programme_n < {{ minimum_answers() }} or deciding.comparator_n < {{ minimum_answers() }} then 'small_n'
        when deciding.coverage_pct < {{ minimum_coverage_pct() }} then 'incomplete'
        when deciding.status = 'estimated' then 'only_estimated'
    end as unusable_reason
from evaluations
cross join variants
left join gaps as deciding
    on evaluations.metric_of = deciding.indicator_id
    and evaluations.definition_version = deciding.definition_version
    and evaluations.comparator = deciding.comparator
    and evaluations.baseline = deciding.baseline_id
    and evaluations.period = deciding.period
    and variants.variant_id = deciding.variant_id
left join gaps as rest
    on deciding.indicator_id = rest.indicator_id
    and deciding.definition_version = rest.definition_version
    and rest.comparator = 'rest'
    and deciding.baseline_id = rest.baseline_id
    and deciding.period = rest.period
    and deciding.variant_id = rest.variant_id
