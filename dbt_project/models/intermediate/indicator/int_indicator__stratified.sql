{{ config(materialized='view') }}

-- numerator and denominator per area and age group; indicators without declared age groups are one group
with whole as (
    select indicator_id, definition_version, area_id, period, period_end_on, numerator, denominator
    from {{ ref('int_indicator__ratio') }}
    union all
    select indicator_id, definition_version, area_id, period, period_end_on, numerator, denominator
    from {{ ref('int_indicator__weighted_mean') }}
),

strata as (
    select
        strata.indicator_id, sourced.definition_version, strata.stratum_id, sourced.base_level,
        strata.numerator_measure_id, strata.subtracted_numerator_measure_id, strata.denominator_measure_id,
        sourced.source_id, sourced.denominator_source_id, sourced.valid_from, sourced.valid_to
    from {{ ref('stg_programme_age_stratum') }} as strata
    inner join {{ ref('int_indicator__sourced') }} as sourced on strata.indicator_id = sourced.indicator_id
),

measures as (
    select measure_id, source_id, area_level, area_id, period, period_end_on, value from {{ ref('int_measure__unioned') }}
)

select
    indicator_id, definition_version, area_id, 'all' as stratum_id, period, period_end_on,
    {{ t_double('numerator') }} as numerator,
    {{ t_double('denominator') }} as denominator
from whole
where indicator_id not in (select declared.indicator_id from {{ ref('stg_programme_age_stratum') }} as declared)
union all
select
    strata.indicator_id, strata.definition_version, upper_part.area_id, strata.stratum_id, upper_part.period,
    upper_part.period_end_on,
    {{ t_double('upper_part.value') }}
    - case
        when strata.subtracted_numerator_measure_id is null then 0 else {{ t_double('subtracted_part.value') }}
    end as numerator,
    {{ t_double('lower_part.value') }} as denominator
from strata
inner join measures as upper_part
    on strata.numerator_measure_id = upper_part.measure_id
    and strata.source_id = upper_part.source_id
    and strata.base_level = upper_part.area_level
    and upper_part.period_end_on between strata.valid_from and strata.valid_to
left join measures as subtracted_part
    on strata.subtracted_numerator_measure_id = subtracted_part.measure_id
    and strata.source_id = subtracted_part.source_id
    and upper_part.area_id = subtracted_part.area_id
    and upper_part.period = subtracted_part.period
left join measures as lower_part
    on strata.denominator_measure_id = lower_part.measure_id
    and strata.denominator_source_id = lower_part.source_id
    and upper_part.area_id = lower_part.area_id
    and upper_part.period = lower_part.period
