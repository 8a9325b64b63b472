with source as (
    select * from {{ source('landed', 'programme__indicator') }}
),

renamed as (
    select
        indicator_id,
        definition_version,
        name_de,
        name_en,
        field_of_action_id,
        subject_id,
        kind,
        scale,
        numerator_measure_id,
        subtracted_measure_id,
        denominator_measure_id,
        factor,
        unit,
        polarity,
        base_level,
        permitted_level,
        permitted_inference_id,
        tolerance,
        margin_minimum,
        margin_pct_of_baseline_gap,
        baseline_id,
        is_headline,
        declared_on,
        source_id,
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
