with source as (
    select * from {{ source('landed', 'programme__indicator') }}
),

renamed as (
    select
        {{ key('indicator_id') }},
        definition_version,
        name_de,
        name_en,
        {{ key('field_of_action_id') }},
        {{ key('subject_id') }},
        kind,
        scale,
        {{ key('numerator_measure_id') }},
        {{ key('subtracted_measure_id') }},
        {{ key('denominator_measure_id') }},
        factor,
        unit,
        polarity,
        {{ key('base_level') }},
        {{ key('permitted_level') }},
        {{ key('permitted_inference_id') }},
        tolerance,
        margin_minimum,
        margin_pct_of_baseline_gap,
        {{ key('baseline_id') }},
        is_headline,
        declared_on,
        {{ key('source_id') }},
        reference_date,
        definition_de,
        definition_en,
        caveat_de,
        caveat_en,
        valid_from,
        valid_to,
        interval_basis,
        interval_reason_de,
        interval_reason_en,
        {{ declared_at() }}
    from source
)

select * from renamed
