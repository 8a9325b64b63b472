select
    parts.variant_id,
    parts.role,
    parts.territory,
    parts.valid_from,
    parts.valid_to,
    parts.area_level,
    parts.area_id,
    parts.city_id,
    parts.weight,
    coalesce(parts.variant_id = programme.default_variant, false) as is_default_variant,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('int_area_set__expanded') }} as parts
inner join {{ ref('stg_programme_programme') }} as programme on {{ programme_of('parts.area_id') }} = programme.programme
