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
),

-- the size of a gap needs no baseline; of its rows the one of the catalogue's baseline is taken
evaluated as (
    select
        evaluations.*,
        coalesce(evaluations.baseline, catalogue.baseline_id) as gap_baseline_id,
        evaluations.claim_type in ('level', 'threshold') as is_size
    from evaluations
    left join {{ ref('dim_indicator') }} as catalogue
        on evaluations.metric_of = catalogue.indicator_id
        and evaluations.definition_version = catalogue.definition_version
)

select
    evaluated.claim_id,
    evaluated.evaluation,
    evaluated.period,
    variants.variant_id,
    evaluated.to_on as measured_on,
    case when evaluated.is_size then abs(deciding.gap_absolute) else deciding.disadvantage_change end as estimate,
    {% for own, other, change in [('gap_lower', 'gap_upper', 'lower'), ('gap_upper', 'gap_lower', 'upper')] %}
    case
        when not evaluated.is_size then deciding.disadvantage_change_{{ change }}
        when deciding.gap_absolute < 0 then -1 * deciding.{{ other }}
        else deciding.{{ own }}
    end as {{ change }},
    {% endfor %}
    deciding.gap_absolute as level_estimate,
    deciding.baseline_gap as baseline_estimate,
    cast(null as bigint) as denominator,
    deciding.programme_n as n,
    deciding.is_full_count,
    coalesce(evaluated.margin, deciding.margin) as margin,
    case when not evaluated.is_size then rest.disadvantage_change end as rest_estimate,
    case when not evaluated.is_size then rest.disadvantage_change_lower end as rest_lower,
    case when not evaluated.is_size then rest.disadvantage_change_upper end as rest_upper,
    deciding.process_half_width,
    {{ without_panel() }},
    deciding.gap_unit as unit,
    case
        when deciding.indicator_id is null then 'no_data'
        when evaluated.is_size and deciding.gap_absolute is null then 'no_data'
        when evaluated.is_size and (deciding.gap_lower is null or deciding.gap_upper is null) then 'withheld'
        when not evaluated.is_size and deciding.undecidable_reason <> 'interval_spans_margin' then deciding.undecidable_reason
        when not evaluated.is_size and deciding.disadvantage_change is null then 'missing_baseline'
        when deciding.programme_n < {{ minimum_answers() }} or deciding.comparator_n < {{ minimum_answers() }} then 'small_n'
        when deciding.coverage_pct < {{ minimum_coverage_pct() }} then 'incomplete'
        when deciding.status = 'estimated' then 'only_estimated'
    end as unusable_reason
from evaluated
inner join variants on {{ same_programme('evaluated.claim_id', 'variants.variant_id') }}
left join gaps as deciding
    on evaluated.metric_of = deciding.indicator_id
    and evaluated.definition_version = deciding.definition_version
    and evaluated.comparator = deciding.comparator
    and evaluated.gap_baseline_id = deciding.baseline_id
    and evaluated.period = deciding.period
    and variants.variant_id = deciding.variant_id
left join gaps as rest
    on deciding.indicator_id = rest.indicator_id
    and deciding.definition_version = rest.definition_version
    and rest.comparator = 'rest'
    and deciding.baseline_id = rest.baseline_id
    and deciding.period = rest.period
    and deciding.variant_id = rest.variant_id
