with source as (
    select * from {{ source('landed', 'programme__measure_part') }}
),

renamed as (
    select
        {{ key('measure_id') }},
        unit,
        {{ key('part_measure_id') }},
        {{ declared_at() }}
    from source
)

select * from renamed
