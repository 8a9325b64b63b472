with indicators as (
    select * from {{ ref('stg_programme_indicator') }}
),

programme_levels as (
    select distinct area_level from {{ ref('int_area_set__expanded') }} where role = 'programme'
),

judged as (
    select
        indicators.*,
        sourced.denominator_source_id,
        case
            when indicators.kind = 'survey' then 'sample'
            when sourced.process is not null then sourced.declared_interval_basis
            else 'counted'
        end as deciding_reading,
        sourced.declared_interval_basis as declared_reading,
        sources.name_de as source_name_de,
        sources.name_en as source_name_en,
        sources.publisher,
        sources.licence,
        levels.name_de as level_name_de,
        levels.name_en as level_name_en,
        inferences.name_de as permitted_inference_de,
        inferences.name_en as permitted_inference_en,
        indicators.kind <> 'level' and programme_levels.area_level is not null as is_gap_available
    from indicators
    inner join {{ ref('int_indicator__sourced') }} as sourced
        on indicators.indicator_id = sourced.indicator_id
        and indicators.definition_version = sourced.definition_version
    left join {{ ref('stg_programme_source') }} as sources on indicators.source_id = sources.source_id
    left join {{ ref('stg_programme_level') }} as levels on indicators.base_level = levels.area_level
    left join {{ ref('stg_programme_term') }} as inferences
        on inferences.vocabulary = 'permitted_inferences' and indicators.permitted_inference_id = inferences.term_id
    left join programme_levels on indicators.base_level = programme_levels.area_level
),

explained as (
    select
        judged.*,
        coalesce(nullif(judged.interval_reason_de, ''), unread.sentence_de) as reading_reason_de,
        coalesce(nullif(judged.interval_reason_en, ''), unread.sentence_en) as reading_reason_en,
        {% for language in ['de', 'en'] %}
        dispersion.sentence_{{ language }} as dispersion_caveat_{{ language }},
        reasons.sentence_{{ language }}{{ ',' if not loop.last }}
        {% endfor %}
    from judged
    left join {{ ref('reason') }} as unread
        on unread.subject = 'interval'
        and judged.deciding_reading = 'counted'
        and judged.declared_reading = 'process'
        and unread.reason_code = 'nothing_counted'
    left join {{ ref('reason') }} as dispersion
        on dispersion.subject = 'dispersion'
        and judged.scale = 'share'
        and dispersion.reason_code = 'names_a_side'
    left join {{ ref('reason') }} as reasons
        on reasons.subject = 'gap'
        and not judged.is_gap_available
        and reasons.reason_code = case when judged.kind = 'level' then 'single_values' else 'level_too_coarse' end
)

select
    indicator_id,
    cast(definition_version as bigint) as definition_version,
    name_de,
    name_en,
    field_of_action_id,
    subject_id,
    kind,
    scale,
    numerator_measure_id,
    subtracted_measure_id,
    denominator_measure_id,
    cast(factor as decimal(24, 8)) as factor,
    unit,
    polarity,
    base_level,
    permitted_level,
    permitted_inference_id,
    permitted_inference_de,
    permitted_inference_en,
    cast(tolerance as decimal(24, 8)) as tolerance,
    cast(margin_minimum as decimal(24, 8)) as margin_minimum,
    {{ t_double('margin_pct_of_baseline_gap') }} as margin_baseline_gap_pct,
    baseline_id,
    is_headline,
    declared_on,
    source_id,
    denominator_source_id,
    source_name_de,
    source_name_en,
    publisher,
    licence,
    reference_date,
    definition_de,
    definition_en,
    caveat_de,
    caveat_en,
    deciding_reading,
    reading_reason_de,
    reading_reason_en,
    dispersion_caveat_de,
    dispersion_caveat_en,
    is_gap_available,
    {% for language in ['de', 'en'] %}
    replace(sentence_{{ language }}, '{level}', coalesce(level_name_{{ language }}, base_level))
        as gap_unavailable_reason_{{ language }},
    {% endfor %}
    valid_from,
    valid_to,
    delivery_id,
    row_address,
    {{ is_synthetic() }} as is_synthetic
from explained
