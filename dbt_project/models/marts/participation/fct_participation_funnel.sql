with ideas as (
    select round_id, count(*) as item_count
    from {{ ref('stg_contribution') }}
    where contribution_kind = 'idea'
    group by round_id
),

proposals as (
    select
        round_id,
        count(distinct proposal_id) as assessed_count,
        count(distinct case when is_recommended then proposal_id end) as recommended_count
    from {{ ref('stg_assessment') }}
    group by round_id
),

projects as (
    select
        projects.round_id,
        count(*) as adopted_count,
        sum(case when latest.is_started_or_done then 1 else 0 end) as started_or_done_count
    from {{ ref('dim_project') }} as projects
    left join {{ ref('fct_project_status') }} as latest
        on projects.project_id = latest.project_id and latest.valid_to is null
    where projects.round_id is not null
    group by projects.round_id
),

rounds as (
    select round_id from ideas
    union
    select round_id from proposals
    union
    select round_id from projects
),

stages as (
    select rounds.round_id, 1 as stage_rank, 'idea' as stage, ideas.item_count
    from rounds left join ideas on rounds.round_id = ideas.round_id
    union all
    select rounds.round_id, 2 as stage_rank, 'assessed_proposal' as stage, proposals.assessed_count as item_count
    from rounds left join proposals on rounds.round_id = proposals.round_id
    union all
    select rounds.round_id, 3 as stage_rank, 'recommended_proposal' as stage, proposals.recommended_count as item_count
    from rounds left join proposals on rounds.round_id = proposals.round_id
    union all
    select rounds.round_id, 4 as stage_rank, 'sub_project' as stage, projects.adopted_count as item_count
    from rounds left join projects on rounds.round_id = projects.round_id
    union all
    select rounds.round_id, 5 as stage_rank, 'started_or_done' as stage, projects.started_or_done_count as item_count
    from rounds left join projects on rounds.round_id = projects.round_id
)

select
    round_id,
    stage,
    cast(stage_rank as bigint) as stage_rank,
    cast(item_count as bigint) as item_count,
    {{ is_synthetic() }} as is_synthetic
from stages
