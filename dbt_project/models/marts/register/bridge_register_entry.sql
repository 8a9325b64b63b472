with terms as (
    select * from {{ ref('stg_programme_term') }}
)

select
    entries.register_id,
    entries.entry_id,
    case when entries.item_id is null then 'area' else 'field_of_action' end as link_kind,
    entries.item_id as field_of_action_id,
    fields.name_de as field_of_action_name_de,
    fields.name_en as field_of_action_name_en,
    entries.area_id,
    entries.source_id,
    entries.delivery_id,
    entries.row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_register_entry') }} as entries
inner join terms as registers
    on entries.register_id = registers.term_id and registers.vocabulary = 'registers'
left join terms as fields
    on entries.item_id = fields.term_id and fields.vocabulary = 'fields_of_action'
where entries.item_id is not null or entries.area_id is not null
