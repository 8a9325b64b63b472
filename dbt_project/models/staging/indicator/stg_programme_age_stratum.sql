with source as (
    select * from {{ source('landed', 'programme__age_stratum') }}
),

renamed as (
    select
        indicator_id,
        stratum_id,
        numerator_measure_id,
        subtracted_numerator_measure_id,
        denominator_measure_id,
        {{ declared_at() }}
    from source
)

select * from renamed
