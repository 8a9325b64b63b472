{{ config(meta={'sentence_de': 'der Abstand zur Stadt folgt aus dem Abstand zum Rest der Stadt', 'sentence_en': 'the gap to the city follows from the gap to the rest'}) }}
-- Gap to the city = (1 - w) x gap to the rest, w = the programme's share of the indicator's own denominator.
with shares as (
    select
        indicator_id,
        definition_version,
        variant_id,
        period,
        {{ t_double("sum(case when role = 'programme' then denominator end)") }}
        / nullif({{ t_double("sum(case when role = 'city' then denominator end)") }}, 0) as w
    from {{ ref('fct_indicator_value') }}
    where area_kind = 'area_set' and territory = 'today'
    group by indicator_id, definition_version, variant_id, period
),

gaps as (
    select
        indicator_id,
        definition_version,
        variant_id,
        period,
        sum(case when comparator = 'city' then gap_absolute end) as gap_city,
        sum(case when comparator = 'rest' then gap_absolute end) as gap_rest
    from {{ ref('fct_development_gap') }}
    group by indicator_id, definition_version, variant_id, period
)

select gaps.*, shares.w
from gaps
inner join shares
    on gaps.indicator_id = shares.indicator_id
    and gaps.definition_version = shares.definition_version
    and gaps.variant_id = shares.variant_id
    and gaps.period = shares.period
where abs(gaps.gap_city - (1 - shares.w) * gaps.gap_rest) > 0.00001
