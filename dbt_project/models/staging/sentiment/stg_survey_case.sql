with source as (
    select * from {{ source('landed', 'survey_case') }}
),

renamed as (
    select
        {{ key('case_id') }},
        period,
        {{ key('area_id') }},
        {{ key('item_id') }},
        answer,
        weight,
        {{ provenance() }}
    from source
)

select * from renamed
