{{ config(materialized='view') }}

with indicators as (
    select * from {{ ref('int_indicator__sourced') }} where kind = 'level'
),

measures as (
    select * from {{ ref('int_measure__unioned') }}
),

single as (
    select
        indicators.indicator_id,
        indicators.definition_version,
        measures.area_id,
        measures.period,
        measures.reference_on,
        indicators.factor,
        measures.value,
        measures.symbol,
        measures.status
    from indicators
    inner join measures
        on indicators.numerator_measure_id = measures.measure_id
        and indicators.source_id = measures.source_id
        and indicators.base_level = measures.area_level
        and measures.period_end_on between indicators.valid_from and indicators.valid_to
)

select
    single.indicator_id,
    single.definition_version,
    single.area_id,
    single.period,
    single.reference_on,
    {{ t_double('single.factor') }} * {{ t_double('single.value') }} as value,
    {{ t_double('single.factor') }} * {{ t_double('single.value') }}
        - (tolerated.tolerance + {{ t_double('single.factor') }} * tolerated.numerator_bound) as lower,
    {{ t_double('single.factor') }} * {{ t_double('single.value') }}
        + (tolerated.tolerance + {{ t_double('single.factor') }} * tolerated.numerator_bound) as upper,
    single.symbol,
    single.status
from single
inner join {{ ref('int_indicator__tolerated') }} as tolerated
    on single.indicator_id = tolerated.indicator_id
    and single.definition_version = tolerated.definition_version
    and single.period = tolerated.period
