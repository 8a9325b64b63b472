with areas as (
    select distinct area_id, area_level from {{ ref('stg_programme_area') }}
)

select
    outlines.area_id,
    areas.area_level,
    outlines.crs,
    outlines.outline_wkt,
    outlines.delivery_id,
    outlines.row_address,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('stg_programme_outline') }} as outlines
inner join areas on outlines.area_id = areas.area_id
where {{ is_synthetic() }} or not outlines.is_made_up
