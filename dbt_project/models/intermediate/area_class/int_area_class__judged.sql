with indices as (
    select *, {{ period_end('period') }} as period_end_on from {{ ref('stg_programme_class_index') }}
),

areas as (
    select area_id, area_level, valid_from, {{ open_end('valid_to') }} as valid_to
    from {{ ref('stg_programme_area') }}
),

populations as (
    select
        indices.index_id,
        indices.period,
        membership.reference_area_id as area_id,
        count(measures.value) as value_count,
        {{ t_sum('sum(measures.value)') }} as population
    from indices
    inner join {{ ref('int_measure__unioned') }} as measures
        on indices.population_measure_id = measures.measure_id
        and indices.population_source_id = measures.source_id
        and indices.population_level = measures.area_level
        and indices.period = measures.period
    inner join {{ ref('int_area__membership') }} as membership
        on measures.area_id = membership.area_id
        and measures.period_end_on between membership.valid_from and membership.valid_to
    group by indices.index_id, indices.period, membership.reference_area_id
),

required as (
    select index_id, count(*) as component_count
    from {{ ref('stg_programme_class_component') }}
    group by index_id
),

present as (
    select
        index_id, period, area_id, count(value) as value_count,
        max(case when is_broken then 1 else 0 end) = 1 as is_broken
    from {{ ref('int_area_class__component') }}
    group by index_id, period, area_id
),

joined as (
    select
        indices.index_id,
        indices.name_de,
        indices.name_en,
        indices.period,
        indices.area_level,
        areas.area_id,
        indices.minimum_population,
        indices.frozen_period,
        -- a population without one of its members is none
        case
            when populations.value_count = expected.expected_member_count then populations.population
        end as population,
        exceptions.area_id is not null as is_excluded,
        exceptions.reason_de as exception_de,
        exceptions.reason_en as exception_en,
        coalesce(present.value_count, 0) = required.component_count as has_all_components,
        coalesce(present.is_broken, false) as is_broken
    from indices
    inner join areas
        on indices.area_level = areas.area_level
        and indices.period_end_on between areas.valid_from and areas.valid_to
    inner join required on indices.index_id = required.index_id
    left join populations
        on indices.index_id = populations.index_id
        and indices.period = populations.period
        and areas.area_id = populations.area_id
    left join {{ ref('int_area__expected') }} as expected
        on areas.area_id = expected.reference_area_id
        and indices.population_level = expected.area_level
        and indices.period = expected.period
    left join {{ ref('stg_programme_class_exception') }} as exceptions
        on indices.index_id = exceptions.index_id
        and indices.period = exceptions.period
        and areas.area_id = exceptions.area_id
    left join present
        on indices.index_id = present.index_id
        and indices.period = present.period
        and areas.area_id = present.area_id
)

select
    index_id, name_de, name_en, period, area_level, area_id, population, minimum_population, frozen_period,
    exception_de, exception_en,
    case
        when is_excluded then 'excluded_by_decision'
        when population is null then 'population_missing'
        when population < minimum_population then 'population_below_minimum'
        when is_broken then 'not_comparable'
        when not has_all_components then 'indicator_missing'
    end as invalid_reason
from joined
