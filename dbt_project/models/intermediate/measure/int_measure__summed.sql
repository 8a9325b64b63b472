-- declared sums of delivered measures of one source, area and period; a part that is not there leaves none
with declared as (
    select measure_id, unit, part_measure_id from {{ ref('stg_programme_measure_part') }}
),

counted as (
    select measure_id, count(*) as part_count from declared group by measure_id
),

parts as (
    select declared.measure_id, declared.unit, declared.part_measure_id, counted.part_count
    from declared
    inner join counted on declared.measure_id = counted.measure_id
),

figures as (
    select
        parts.measure_id, parts.unit, parts.part_count,
        figures.area_level, figures.area_id, figures.period, figures.reference_on, figures.value, figures.symbol,
        figures.status, figures.source_id, figures.delivery_id,
        {{ delivery_position('parts.measure_id, figures.area_id, figures.period, figures.source_id') }} as delivery_position
    from parts
    inner join {{ ref('int_measure__corrected') }} as figures on parts.part_measure_id = figures.measure_id
)

select
    measure_id, area_level, area_id, period, source_id,
    max(unit) as unit,
    max(reference_on) as reference_on,
    case when count(value) = max(part_count) then {{ t_sum('sum(value)') }} end as value,
    case when count(value) < max(part_count) then max(symbol) end as symbol,
    max(case when delivery_position = 1 then delivery_id end) as delivery_id,
    case
        when count(value) = max(part_count) then {{ status_of_rank('max(' ~ status_rank('status') ~ ')') }}
        when max(case when status = 'suppressed' then 1 else 0 end) = 1 then 'suppressed'
        else 'missing'
    end as status
from figures
group by measure_id, area_level, area_id, period, source_id
