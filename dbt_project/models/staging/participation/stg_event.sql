with source as (
    select * from {{ source('landed', 'event') }}
),

renamed as (
    select
        {{ key('event_id') }},
        event_format,
        event_on,
        {{ key('area_id') }},
        participant_count,
        idea_count,
        {{ provenance() }}
    from source
)

select * from renamed
