with source as (
    select * from {{ source('landed', 'refresh__known') }}
),

renamed as (
    select
        {{ key('claim_id') }},
        period,
        state,
        received_on
    from source
)

select * from renamed
