with terms as (
    select * from {{ ref('stg_programme_term') }} where vocabulary = 'fields_of_action'
)

select
    entries.entry_id as project_id,
    entries.item_id as field_of_action_id,
    terms.name_de as field_of_action_name_de,
    terms.name_en as field_of_action_name_en,
    entries.source_id,
    entries.delivery_id,
    entries.row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_register_entry') }} as entries
left join terms on entries.item_id = terms.term_id
where {{ own_name('entries.register_id') }} = 'project_field_of_action' and entries.item_id is not null
