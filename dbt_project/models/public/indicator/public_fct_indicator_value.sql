with measures as (
    select
        measure_id,
        max(case when {{ beside('unit', 'measure_id') }} in {{ named_by_rule('units_of_things') }} then 1 else 0 end) = 1 as is_of_things
    from {{ ref('fct_measure') }}
    group by measure_id
),

definitions as (
    select
        indicators.indicator_id,
        indicators.definition_version,
        indicators.kind,
        {{ t_double('indicators.factor') }} as factor,
        not coalesce(measures.is_of_things, false) as is_of_people
    from {{ ref('dim_indicator') }} as indicators
    left join measures on indicators.numerator_measure_id = measures.measure_id
),

-- one row per figure of a public level or of a variant whose figures are public
scoped as (
    select
        figures.*,
        {{ programme_of('figures.indicator_id') }} as programme,
        definitions.factor,
        definitions.is_of_people,
        definitions.kind = 'survey' as is_survey,
        areas.area_level is null or areas.area_level in {{ named_by_rule('open_levels') }} as is_open,
        areas.area_level is null
        or population.resident_count >= {{ number_of_rule('minimum_population', programme_of('figures.indicator_id')) }}
        or areas.level_rank = 0 as has_residents
    from {{ ref('fct_indicator_value') }} as figures
    inner join definitions
        on figures.indicator_id = definitions.indicator_id
        and figures.definition_version = definitions.definition_version
    left join {{ ref('dim_area') }} as areas on figures.area_id = areas.area_id
    left join {{ ref('int_population__summed') }} as population
        on figures.area_id = population.reference_area_id
        and figures.period = population.period
    where
        {{ beside("'fct_indicator_value'", 'figures.indicator_id') }} in {{ named_by_rule('marts') }}
        and figures.period >= {{ number_of_rule('first_period', programme_of('figures.indicator_id')) }}
        and (
            areas.area_level in {{ named_by_rule('open_levels') }}
            or areas.area_level in {{ named_by_rule('rounded_levels') }}
            or figures.variant_id in {{ named_by_rule('variants_with_figures') }}
        )
),

judged as (
    select
        scoped.*,
        case
            when not is_of_people and not is_survey then {{ number_of_rule('most_decimals') }}
            when is_survey then coalesce({{ protecting_decimals('n', 'factor') }}, 0)
            else {{ protecting_decimals('denominator', 'factor') }}
        end as decimals,
        case
            when value is null then null
            when not coalesce(has_residents, false) then 'few_residents'
            when not is_of_people or is_survey then null
            when {{ protecting_decimals('denominator', 'factor') }} is null then 'small_group'
            when numerator < {{ number_of_rule('minimum_count') }} then 'protected'
            when factor = 100 and denominator - numerator < {{ number_of_rule('minimum_complement') }} then 'protected'
        end as hidden_reason
    from scoped
)

select
    indicator_id,
    definition_version,
    area_kind,
    area_id,
    variant_id,
    role,
    territory,
    period,
    reference_on,
    case when hidden_reason is null then {{ printed('value', 'decimals') }} end as value,
    case when hidden_reason is null and (is_open or not is_of_people) then {{ printed('lower', 'decimals', 'lower') }} end as lower,
    case when hidden_reason is null and (is_open or not is_of_people) then {{ printed('upper', 'decimals', 'upper') }} end as upper,
    case when hidden_reason is null and (is_open or not is_of_people) then interval_method end as interval_method,
    cast(case when hidden_reason is null then decimals end as bigint) as decimals,
    unit,
    case when hidden_reason is null then {{ printed_count('n') }} end as n,
    is_full_count,
    case when hidden_reason is null then {{ rnd('coverage_pct', 0) }} end as coverage_pct,
    case when hidden_reason is null then status else 'hidden' end as status,
    comparability_break,
    member_count,
    expected_member_count,
    source_id,
    hidden_reason is not null as is_hidden,
    hidden_reason,
    {{ t_text('null') }} as shown_at_level,
    is_synthetic
from judged
