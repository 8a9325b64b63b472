select
    corrections.correction_id,
    corrections.table_name,
    corrections.measure_id,
    corrections.area_id,
    corrections.period,
    corrections.value,
    figures.value as delivered_value,
    figures.status as delivered_status,
    figures.delivery_id is not null as is_delivered,
    corrections.reason_de,
    corrections.reason_en,
    corrections.since_on,
    corrections.office,
    figures.delivery_id as figure_delivery_id,
    figures.row_address as figure_row_address,
    corrections.delivery_id,
    corrections.row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_programme_correction') }} as corrections
left join {{ ref('stg_area_figure') }} as figures
    on corrections.table_name = figures.table_name
    and corrections.measure_id = figures.measure_id
    and corrections.area_id = figures.area_id
    and corrections.period = figures.period
