{{ config(materialized='view') }}

with sums as (
    select
        aggregated.*,
        sourced.kind,
        sourced.factor,
        targets.area_kind,
        targets.area_id,
        targets.variant_id,
        targets.role,
        coalesce(targets.area_level = sourced.base_level, false) as is_single,
        expected.expected_member_count
    from {{ ref('int_indicator__aggregated') }} as aggregated
    inner join {{ ref('int_indicator__sourced') }} as sourced
        on aggregated.indicator_id = sourced.indicator_id
        and aggregated.definition_version = sourced.definition_version
    inner join {{ ref('int_area__target') }} as targets
        on aggregated.target_id = targets.target_id
        and (targets.member_level is null or targets.member_level = sourced.base_level)
    left join {{ ref('int_area__expected') }} as expected
        on aggregated.target_id = expected.target_id
        and aggregated.period = expected.period
        and sourced.base_level = expected.area_level
),

-- a sum over a missing or suppressed member is no sum; a survey has no missing members, only areas without cases
checked as (
    select
        indicator_id, definition_version, area_kind, area_id, variant_id, role, period, reference_on, factor,
        case when kind = 'survey' or numerator_count = expected_member_count then numerator end as numerator,
        case when kind = 'survey' or denominator_count = expected_member_count then denominator end as denominator,
        n,
        case when is_single then symbol end as symbol,
        case when is_single then cell_status end as cell_status,
        status_rank,
        member_count,
        case when kind <> 'survey' then expected_member_count end as expected_member_count
    from sums
)

select
    indicator_id, definition_version, area_kind, area_id, variant_id, role, period, reference_on,
    {{ t_double('factor') }} * {{ t_double('numerator') }} / nullif({{ t_double('denominator') }}, 0) as value,
    numerator, denominator, n, symbol,
    case
        when cell_status is not null then cell_status
        when numerator is null or denominator is null then 'incomplete'
        when denominator = 0 then 'missing'
        else {{ status_of_rank('status_rank') }}
    end as status,
    member_count, expected_member_count
from checked
