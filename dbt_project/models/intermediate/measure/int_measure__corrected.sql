select
    figures.measure_id,
    figures.area_level,
    figures.area_id,
    figures.period,
    figures.reference_on,
    case when corrections.correction_id is null then figures.value else corrections.value end as value,
    figures.value as delivered_value,
    figures.unit,
    figures.symbol,
    case
        when corrections.correction_id is null then figures.status
        when corrections.value is null then 'missing'
        else 'revised'
    end as status,
    corrections.correction_id,
    figures.source_id,
    figures.table_name,
    figures.delivery_id,
    figures.row_address
from {{ ref('stg_area_figure') }} as figures
left join {{ ref('stg_programme_correction') }} as corrections
    on figures.table_name = corrections.table_name
    and figures.measure_id = corrections.measure_id
    and figures.area_id = corrections.area_id
    and figures.period = corrections.period
