with source as (
    select * from {{ source('landed', 'programme__claim') }}
),

renamed as (
    select
        {{ key('claim_id') }},
        type as claim_type,
        wording_de,
        wording_en,
        document as document_title,
        page as page_reference,
        publisher,
        said_first_on,
        said_last_on,
        is_date_assumed,
        is_leg,
        is_checkable,
        metric_kind,
        {{ key('metric_of', unless="metric_kind in ('projects', 'participation')") }},
        {{ key('area', unless="area in ('programme', 'rest', 'city')") }},
        method,
        definition_version,
        counted_from_on,
        {{ key('comparator', unless="comparator in ('rest', 'city')") }},
        {{ key('baseline', unless="metric_kind not in ('gap', 'harmonisation')") }},
        period,
        is_dated,
        first_on,
        last_on,
        expected as expected_value,
        expected_class,
        rounding_unit,
        second_rounding_unit,
        denominator as stated_denominator,
        direction,
        is_bound_included,
        is_strong,
        margin,
        margin_reason_de,
        margin_reason_en,
        declared_on,
        needed_de,
        needed_en,
        note_de,
        note_en,
        {{ declared_at() }}
    from source
)

select * from renamed
