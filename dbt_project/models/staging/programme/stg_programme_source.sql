with source as (
    select * from {{ source('landed', 'programme__source') }}
),

renamed as (
    select
        source_id,
        name_de,
        name_en,
        publisher,
        licence,
        cadence,
        max_age_days,
        on_failure,
        {{ declared_at() }}
    from source
)

select * from renamed
