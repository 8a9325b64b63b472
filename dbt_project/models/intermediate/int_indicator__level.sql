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
    indicator_id,
    definition_version,
    area_id,
    period,
    reference_on,
    {{ t_double('factor') }} * {{ t_double('value') }} as value,
    symbol,
    status
from single
