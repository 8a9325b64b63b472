with source as (
    select * from {{ source('landed', 'programme__age_stratum') }}
),

renamed as (
    select
        {{ key('indicator_id') }},
        stratum_id,
        {{ key('numerator_measure_id') }},
        {{ key('subtracted_numerator_measure_id') }},
        {{ key('denominator_measure_id') }},
        {{ declared_at() }}
    from source
)

select * from renamed
