{{ config(materialized='view') }}

select
    indicators.indicator_id,
    indicators.definition_version,
    answered.area_id,
    answered.period,
    answered.period_end_on,
    cast(null as date) as reference_on,
    answered.score_sum as numerator,
    answered.weight_sum as denominator,
    answered.weight_square_sum as denominator_square,
    answered.score_cross_sum as cross_square,
    answered.score_square_sum as numerator_square,
    answered.n,
    {{ t_text('null') }} as cell_status,
    {{ t_text('null') }} as symbol,
    0 as status_rank
from {{ ref('int_indicator__sourced') }} as indicators
inner join {{ ref('int_survey__tallied') }} as answered
    on indicators.numerator_measure_id = answered.measure_id
    and indicators.denominator_measure_id = answered.weight_measure_id
    and indicators.source_id = answered.source_id
    and answered.period_end_on between indicators.valid_from and indicators.valid_to
where indicators.kind = 'survey'
