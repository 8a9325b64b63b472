with summed as (
    select
        index_id, period, area_id, dimension,
        -- a sum without one of its indicators is none
        case when count(*) = count(z_value) then {{ t_double('sum(' ~ t_exact('z_value') ~ ')') }} end as z_sum
    from {{ ref('int_area_class__standardised') }}
    group by index_id, period, area_id, dimension
),

means as (
    select
        index_id, period, dimension,
        count(*) as valid_area_count,
        {{ t_double('sum(' ~ t_exact('z_sum') ~ ')') }} / count(*) as mean_value
    from summed
    where z_sum is not null
    group by index_id, period, dimension
),

deviations as (
    select means.*, summed.z_sum - means.mean_value as deviation
    from summed
    inner join means
        on summed.index_id = means.index_id
        and summed.period = means.period
        and summed.dimension = means.dimension
    where summed.z_sum is not null
),

moments as (
    select
        index_id, period, dimension, mean_value,
        sqrt({{ t_double('sum(' ~ t_exact('deviation * deviation') ~ ')') }} / valid_area_count) as standard_deviation
    from deviations
    group by index_id, period, dimension, mean_value, valid_area_count
)

select
    summed.index_id,
    summed.period,
    summed.area_id,
    summed.dimension,
    summed.z_sum,
    (summed.z_sum - moments.mean_value) / nullif(moments.standard_deviation, 0) as index_value
from summed
inner join (select distinct index_id, period, frozen_period from {{ ref('stg_programme_class_index') }}) as indices
    on summed.index_id = indices.index_id and summed.period = indices.period
left join moments
    on summed.index_id = moments.index_id
    and coalesce(indices.frozen_period, indices.period) = moments.period
    and summed.dimension = moments.dimension
