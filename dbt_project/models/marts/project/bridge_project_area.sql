select
    entry_id as project_id,
    area_id,
    source_id,
    delivery_id,
    row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_register_entry') }}
where {{ own_name('register_id') }} = 'project_area' and area_id is not null
