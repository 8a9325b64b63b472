{{ config(meta={'sentence_de': 'jede Messgröße eines Indikators wird geliefert', 'sentence_en': 'every measure of an indicator is delivered'}) }}
-- An indicator whose numerator or denominator nobody delivers has a misspelt measure, source or level; so has a
-- composite index whose population nobody delivers.
select indicators.indicator_id, indicators.definition_version
from {{ ref('dim_indicator') }} as indicators
left join (select distinct measure_id, source_id, area_level from {{ ref('fct_measure') }}) as delivered
    on indicators.numerator_measure_id = delivered.measure_id
    and indicators.source_id = delivered.source_id
    and (indicators.base_level = delivered.area_level or indicators.kind = 'survey')
where
    delivered.measure_id is null
    or (indicators.denominator_measure_id is not null and indicators.denominator_source_id is null)
union all
select distinct indices.index_id as indicator_id, cast(null as bigint) as definition_version
from {{ ref('stg_programme_class_index') }} as indices
left join {{ ref('fct_measure') }} as delivered
    on indices.population_measure_id = delivered.measure_id
    and indices.population_source_id = delivered.source_id
    and indices.population_level = delivered.area_level
where delivered.measure_id is null
