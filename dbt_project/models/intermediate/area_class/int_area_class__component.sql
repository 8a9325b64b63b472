with valued as (
    select indicator_id, definition_version, area_id, period, value, status
    from {{ ref('int_indicator__valued') }}
    where area_kind = 'area'
    union all
    select indicator_id, definition_version, area_id, period, value, status
    from {{ ref('int_indicator__level') }}
),

stated as (
    select
        components.index_id,
        components.dimension,
        components.indicator_id,
        components.change_over_years,
        valued.definition_version,
        valued.area_id,
        valued.period,
        valued.value as end_value,
        {{ status_rank('valued.status') }} as status_rank,
        {{ t_text('cast(valued.period as bigint) - components.change_over_years') }} as start_period,
        row_number() over (
            partition by
                components.index_id, components.dimension, components.indicator_id, valued.area_id, valued.period
            order by valued.definition_version desc nulls last
        ) as preference
    from {{ ref('stg_programme_class_component') }} as components
    inner join valued on components.indicator_id = valued.indicator_id
)

select
    stated.index_id,
    stated.dimension,
    stated.indicator_id,
    stated.definition_version,
    stated.area_id,
    stated.period,
    stated.start_period,
    earlier.value as start_value,
    stated.end_value,
    case
        when stated.change_over_years is null then stated.end_value
        when broken.period is null then stated.end_value - earlier.value
    end as value,
    coalesce(stated.change_over_years is not null and broken.period is not null, false) as is_broken,
    case
        when stated.change_over_years is null then stated.status_rank
        else greatest(stated.status_rank, {{ status_rank("coalesce(earlier.status, 'missing')") }})
    end as status_rank
from stated
left join valued as earlier
    on stated.indicator_id = earlier.indicator_id
    and stated.definition_version = earlier.definition_version
    and stated.area_id = earlier.area_id
    and stated.start_period = earlier.period
left join {{ ref('int_indicator__parted') }} as broken
    on stated.indicator_id = broken.indicator_id
    and stated.definition_version = broken.definition_version
    and stated.start_period = broken.earlier_period
    and stated.period = broken.period
where stated.preference = 1
