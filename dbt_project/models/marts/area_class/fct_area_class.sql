-- an index is compared at twelve digits: what lies beyond is noise of doubles, and exactly 1 must stay 1
with dimensions as (
    select
        index_id, period, area_id,
        max(case when dimension = 'status' then z_sum end) as status_sum,
        max(case when dimension = 'status' then index_value end) as status_index,
        max(case when dimension = 'dynamics' then z_sum end) as dynamics_sum,
        max(case when dimension = 'dynamics' then index_value end) as dynamics_index
    from {{ ref('int_area_class__indexed') }}
    group by index_id, period, area_id
),

compared as (
    select
        *,
        cast(status_index as decimal(38, 12)) as status_cut,
        cast(dynamics_index as decimal(38, 12)) as dynamics_cut
    from dimensions
),

classed as (
    select
        *,
        case
            when status_cut < -1 then 'high'
            when status_cut <= 1 then 'medium'
            when status_cut <= 1.5 then 'low'
            when status_cut > 1.5 then 'very_low'
        end as status_class,
        case
            when dynamics_cut < -1 then 'positive'
            when dynamics_cut <= 1 then 'stable'
            when dynamics_cut > 1 then 'negative'
        end as dynamics_class
    from compared
),

joined as (
    select
        judged.*,
        classed.status_sum, classed.status_index, classed.status_class,
        classed.dynamics_sum, classed.dynamics_index, classed.dynamics_class,
        case
            when judged.invalid_reason is not null then judged.invalid_reason
            when classed.status_class is null or classed.dynamics_class is null then 'not_standardisable'
        end as reason_code
    from {{ ref('int_area_class__judged') }} as judged
    left join classed
        on judged.index_id = classed.index_id
        and judged.period = classed.period
        and judged.area_id = classed.area_id
)

select
    index_id,
    name_de as index_name_de,
    name_en as index_name_en,
    period,
    area_level,
    area_id,
    population,
    cast(minimum_population as bigint) as minimum_population,
    reason_code is null as is_valid,
    reason_code,
    case reason_code
        when 'excluded_by_decision' then exception_de
        when 'population_missing' then 'Die Bevölkerung des Gebiets ist nicht vollständig bekannt.'
        when 'population_below_minimum'
            then 'Weniger als ' || {{ t_text('minimum_population') }} || ' Einwohner*innen.'
        when 'indicator_missing' then 'Mindestens ein Indikator des Index fehlt.'
        when 'not_standardisable'
            then 'Ein Indikator ist überall gleich oder fehlt in der festgehaltenen Periode nach dieser Definition.'
    end as reason_de,
    case reason_code
        when 'excluded_by_decision' then exception_en
        when 'population_missing' then 'The population of the area is not fully known.'
        when 'population_below_minimum'
            then 'Fewer than ' || {{ t_text('minimum_population') }} || ' inhabitants.'
        when 'indicator_missing' then 'At least one indicator of the index is missing.'
        when 'not_standardisable'
            then 'An indicator is the same everywhere, or missing by this definition in the frozen period.'
    end as reason_en,
    {{ rnd('status_sum', 6) }} as status_sum,
    {{ rnd('status_index', 6) }} as status_index,
    status_class,
    {{ rnd('dynamics_sum', 6) }} as dynamics_sum,
    {{ rnd('dynamics_index', 6) }} as dynamics_index,
    dynamics_class,
    case status_class when 'high' then '1' when 'medium' then '2' when 'low' then '3' when 'very_low' then '4' end
        || case dynamics_class when 'positive' then '+' when 'stable' then '+/-' when 'negative' then '-' end
        as group_id,
    'Status '
        || case status_class
            when 'high' then 'hoch'
            when 'medium' then 'mittel'
            when 'low' then 'niedrig'
            when 'very_low' then 'sehr niedrig'
        end
        || ', Dynamik '
        || case dynamics_class
            when 'positive' then 'positiv'
            when 'stable' then 'stabil'
            when 'negative' then 'negativ'
        end as group_name_de,
    'status '
        || case status_class
            when 'very_low' then 'very low'
            else status_class
        end
        || ', dynamics ' || dynamics_class as group_name_en,
    frozen_period,
    frozen_period is not null as is_frozen,
    {{ is_synthetic() }} as is_synthetic
from joined
