with registers as (
    select * from {{ ref('stg_programme_term') }} where vocabulary = 'registers'
),

-- a row that names an area repeats the name: one entry with two names or lines stays two rows and is refused
named as (
    select distinct register_id, entry_id, entry_name, valid_from, valid_to, source_id, delivery_id, row_address
    from {{ ref('stg_register_entry') }}
    where entry_name is not null
),

links as (
    select
        register_id,
        entry_id,
        count(field_of_action_id) as field_of_action_count,
        count(area_id) as area_count
    from {{ ref('bridge_register_entry') }}
    group by register_id, entry_id
)

select
    named.register_id,
    registers.name_de as register_name_de,
    registers.name_en as register_name_en,
    named.entry_id,
    named.entry_name,
    named.valid_from,
    named.valid_to,
    coalesce(links.field_of_action_count, 0) as field_of_action_count,
    coalesce(links.area_count, 0) as area_count,
    coalesce(links.area_count, 0) = 0 as is_city_wide,
    named.source_id,
    named.delivery_id,
    named.row_address,
    {{ is_synthetic() }} as is_synthetic
from named
inner join registers on named.register_id = registers.term_id
left join links on named.register_id = links.register_id and named.entry_id = links.entry_id
