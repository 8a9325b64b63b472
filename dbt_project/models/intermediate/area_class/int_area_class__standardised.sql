with judged as (
    select index_id, period, area_id, frozen_period, invalid_reason
    from {{ ref('int_area_class__judged') }}
),

components as (
    select * from {{ ref('int_area_class__component') }}
),

valid as (
    select
        components.index_id, components.period, components.dimension, components.indicator_id,
        components.definition_version, components.value
    from judged
    inner join components
        on judged.index_id = components.index_id
        and judged.period = components.period
        and judged.area_id = components.area_id
    where judged.invalid_reason is null
),

means as (
    select
        index_id, period, dimension, indicator_id, definition_version,
        count(*) as valid_area_count,
        {{ t_double('sum(' ~ t_exact('value') ~ ')') }} / count(*) as mean_value
    from valid
    group by index_id, period, dimension, indicator_id, definition_version
),

deviations as (
    select means.*, valid.value - means.mean_value as deviation
    from valid
    inner join means
        on valid.index_id = means.index_id
        and valid.period = means.period
        and valid.dimension = means.dimension
        and valid.indicator_id = means.indicator_id
        and valid.definition_version = means.definition_version
),

moments as (
    select
        index_id, period, dimension, indicator_id, definition_version, valid_area_count, mean_value,
        sqrt({{ t_double('sum(' ~ t_exact('deviation * deviation') ~ ')') }} / valid_area_count) as standard_deviation
    from deviations
    group by index_id, period, dimension, indicator_id, definition_version, valid_area_count, mean_value
)

select
    judged.index_id,
    judged.period,
    judged.area_id,
    declared.dimension,
    declared.indicator_id,
    components.definition_version,
    components.start_period,
    components.start_value,
    components.end_value,
    components.value,
    components.status_rank,
    indicators.polarity,
    indicators.unit,
    moments.valid_area_count,
    moments.mean_value,
    moments.standard_deviation,
    case
        when judged.invalid_reason is null and broken.period is null
            then case when indicators.polarity = 'higher_is_better' then -1 else 1 end
                * (components.value - moments.mean_value) / nullif(moments.standard_deviation, 0)
    end as z_value
from judged
inner join {{ ref('stg_programme_class_component') }} as declared on judged.index_id = declared.index_id
left join components
    on judged.index_id = components.index_id
    and judged.period = components.period
    and judged.area_id = components.area_id
    and declared.dimension = components.dimension
    and declared.indicator_id = components.indicator_id
left join {{ ref('stg_programme_indicator') }} as indicators
    on components.indicator_id = indicators.indicator_id
    and components.definition_version = indicators.definition_version
left join moments
    on judged.index_id = moments.index_id
    and coalesce(judged.frozen_period, judged.period) = moments.period
    and components.dimension = moments.dimension
    and components.indicator_id = moments.indicator_id
    and components.definition_version = moments.definition_version
left join {{ ref('int_indicator__parted') }} as broken
    on components.indicator_id = broken.indicator_id
    and components.definition_version = broken.definition_version
    and least(judged.frozen_period, judged.period) = broken.earlier_period
    and greatest(judged.frozen_period, judged.period) = broken.period
