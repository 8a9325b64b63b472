with source as (
    select * from {{ source('landed', 'survey_case') }}
),

renamed as (
    select
        case_id,
        period,
        area_id,
        item_id,
        answer,
        weight,
        {{ provenance() }}
    from source
)

select * from renamed
