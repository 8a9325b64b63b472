{{ config(meta={'sentence_de': 'jedes Teilprojekt hat einen Status', 'sentence_en': 'every sub-project has a status'}) }}
-- A sub-project without any status would be missing from every count.
select projects.project_id
from {{ ref('dim_project') }} as projects
left join {{ ref('fct_project_status') }} as history on projects.project_id = history.project_id
where history.project_id is null
