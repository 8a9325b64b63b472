with source as (
    select * from {{ source('landed', 'programme__baseline') }}
),

renamed as (
    select
        baseline_id,
        name_de,
        name_en,
        {{ t_text('first_period') }} as first_period,
        {{ t_text('last_period') }} as last_period,
        is_for_all,
        {{ declared_at() }}
    from source
)

select * from renamed
