-- one source and one level, the finest delivered: the same people delivered twice are not counted twice
with declared as (
    select measures.*
    from {{ ref('int_measure__unioned') }} as measures
    inner join {{ ref('stg_programme_programme') }} as programmes
        on measures.measure_id = programmes.population_measure_id
),

delivered as (
    select distinct source_id, area_level from declared
),

preferred as (
    select
        delivered.source_id,
        delivered.area_level,
        row_number() over (
            partition by {{ programme_of('delivered.source_id') }}
            order by levels.level_rank desc nulls last, delivered.source_id nulls last
        ) as preference
    from delivered
    inner join {{ ref('stg_programme_level') }} as levels on delivered.area_level = levels.area_level
)

select
    membership.reference_area_id,
    declared.period,
    case
        when count(declared.value) = max(expected.expected_member_count)
            then cast(round(sum(declared.value * membership.weight), 0) as bigint)
    end as resident_count
from declared
inner join preferred
    on declared.source_id = preferred.source_id
    and declared.area_level = preferred.area_level
    and preferred.preference = 1
inner join {{ ref('int_area__membership') }} as membership
    on declared.area_id = membership.area_id
    and declared.period_end_on between membership.valid_from and membership.valid_to
inner join {{ ref('int_area__expected') }} as expected
    on membership.reference_area_id = expected.reference_area_id
    and membership.area_level = expected.area_level
    and declared.period = expected.period
group by membership.reference_area_id, declared.period
