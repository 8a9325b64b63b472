with source as (
    select * from {{ source('landed', 'programme__baseline') }}
),

renamed as (
    select
        {{ key('baseline_id') }},
        {{ t_text('first_period') }} as first_period,
        {{ t_text('last_period') }} as last_period,
        is_for_all,
        {{ declared_at() }}
    from source
)

select * from renamed
