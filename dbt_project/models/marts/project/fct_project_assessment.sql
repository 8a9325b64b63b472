with terms as (
    select * from {{ ref('stg_programme_term') }}
)

select
    assessments.round_id,
    assessments.proposal_id,
    assessments.criterion_id,
    criteria.name_de as criterion_name_de,
    criteria.name_en as criterion_name_en,
    assessments.is_met,
    assessments.is_recommended,
    assessments.reason,
    assessments.decided_by,
    assessments.decided_on,
    assessments.path_step_id,
    cast(steps.term_rank as bigint) as path_step_rank,
    steps.name_de as path_step_name_de,
    steps.name_en as path_step_name_en,
    assessments.project_id,
    projects.adopted_on,
    assessments.source_id,
    assessments.delivery_id,
    assessments.row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_assessment') }} as assessments
left join terms as criteria
    on assessments.criterion_id = criteria.term_id and criteria.vocabulary = 'criteria'
left join terms as steps
    on assessments.path_step_id = steps.term_id and steps.vocabulary = 'path_steps'
left join {{ ref('stg_project') }} as projects on assessments.project_id = projects.project_id
