{{ config(meta={'sentence_de': 'Programmgebiet und Rest ergeben zusammen die Stadt', 'sentence_en': 'programme area and rest add up to the city'}) }}
-- Numerator and denominator of programme and rest add up to those of the city where all are complete.
with sums as (
    select
        indicator_id,
        definition_version,
        variant_id,
        territory,
        period,
        sum(case when role = 'city' then numerator else -numerator end) as numerator_difference,
        sum(case when role = 'city' then denominator else -denominator end) as denominator_difference
    from {{ ref('fct_indicator_value') }}
    where role in ('programme', 'rest', 'city')
    group by indicator_id, definition_version, variant_id, territory, period
    having count(*) = 3 and count(numerator) = 3 and count(denominator) = 3
)

select *
from sums
where abs(numerator_difference) > 0.00001 or abs(denominator_difference) > 0.00001
