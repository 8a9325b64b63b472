with fields as (
    select project_id, count(*) as field_of_action_count
    from {{ ref('bridge_project_field_of_action') }}
    group by project_id
),

areas as (
    select project_id, count(*) as area_count
    from {{ ref('bridge_project_area') }}
    group by project_id
),

families as (
    select * from {{ ref('stg_programme_term') }} where vocabulary = 'families'
)

select
    projects.project_id,
    projects.project_name,
    projects.generation_id,
    projects.round_id,
    projects.family_id,
    families.name_de as family_name_de,
    families.name_en as family_name_en,
    projects.lead_office,
    coalesce(fields.field_of_action_count, 0) as field_of_action_count,
    coalesce(areas.area_count, 0) as area_count,
    areas.area_count is null as is_city_wide,
    projects.adopted_on,
    projects.source_id,
    projects.delivery_id,
    projects.row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_project') }} as projects
left join fields on projects.project_id = fields.project_id
left join areas on projects.project_id = areas.project_id
left join families on projects.family_id = families.term_id
