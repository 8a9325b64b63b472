with source as (
    select * from {{ source('landed', 'programme__break') }}
),

renamed as (
    select
        {{ key('break_id') }},
        {{ key('indicator_id') }},
        {{ key('measure_id') }},
        {{ t_text('period') }} as period,
        kind,
        severity,
        added_tolerance,
        rounded_to,
        note_de,
        note_en,
        source as source_text,
        {{ declared_at() }}
    from source
)

select * from renamed
