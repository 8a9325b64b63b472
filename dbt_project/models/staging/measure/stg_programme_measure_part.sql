with source as (
    select * from {{ source('landed', 'programme__measure_part') }}
),

renamed as (
    select
        measure_id,
        unit,
        part_measure_id,
        {{ declared_at() }}
    from source
)

select * from renamed
