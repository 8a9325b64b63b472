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
            when status_cut < -1 * {{ class_cut() }} then 'high'
            when status_cut <= {{ class_cut() }} then 'medium'
            when status_cut <= {{ outer_class_cut() }} then 'low'
            when status_cut > {{ outer_class_cut() }} then 'very_low'
        end as status_class,
        case
            when dynamics_cut < -1 * {{ class_cut() }} then 'positive'
            when dynamics_cut <= {{ class_cut() }} then 'stable'
            when dynamics_cut > {{ class_cut() }} then 'negative'
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
),

reasoned as (
    select joined.*, reasons.sentence_de, reasons.sentence_en
    from joined
    left join {{ ref('reason') }} as reasons
        on reasons.subject = 'area_class' and joined.reason_code = reasons.reason_code
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
    {% for language in ['de', 'en'] %}
    case
        when reason_code = 'excluded_by_decision' then exception_{{ language }}
        else replace(sentence_{{ language }}, '{minimum_population}', coalesce({{ t_text('minimum_population') }}, ''))
    end as reason_{{ language }},
    {% endfor %}
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
from reasoned
