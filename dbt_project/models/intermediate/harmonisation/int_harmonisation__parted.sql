{# Theil's T = sum over g of S(g) (m(g)/m) ln(m(g)/m) + sum over g of S(g) (m(g)/m) T(g), g programme area and rest,
   S(g) share of the denominator, m(g) mean: inequality between both and within them. #}
with parts as (
    select
        weighted.indicator_id, weighted.definition_version, weighted.area_level, weighted.period,
        members.variant_id, members.role, weighted.value,
        weighted.weight * {{ t_double('members.weight') }} as weight
    from {{ ref('int_harmonisation__weighted') }} as weighted
    inner join {{ ref('int_area_set__expanded') }} as members
        on weighted.area_id = members.area_id and weighted.area_level = members.area_level
    inner join {{ ref('stg_programme_variant') }} as variants on members.variant_id = variants.variant_id
    where
        members.role in ('programme', 'rest')
        and members.territory = 'today'
        and variants.purpose = 'programme'
        and weighted.is_relative
),

parts_summed as (
    select
        indicator_id, definition_version, area_level, period, variant_id, role,
        {{ t_double('sum(' ~ t_exact('weight') ~ ')') }} as part_share,
        {{ t_double('sum(' ~ t_exact('weight * value') ~ ')') }}
            / nullif({{ t_double('sum(' ~ t_exact('weight') ~ ')') }}, 0) as part_mean
    from parts
    group by indicator_id, definition_version, area_level, period, variant_id, role
),

inside as (
    select
        parts.indicator_id, parts.definition_version, parts.area_level, parts.period, parts.variant_id, parts.role,
        max(parts_summed.part_share) as part_share,
        max(parts_summed.part_mean) as part_mean,
        {{ t_double('sum(' ~ t_exact(
            'case when parts.value > 0 and parts_summed.part_mean > 0'
            ~ ' then parts.weight / parts_summed.part_share * (parts.value / parts_summed.part_mean)'
            ~ ' * ln(parts.value / parts_summed.part_mean) else 0 end'
        ) ~ ')') }} as part_theil
    from parts
    inner join parts_summed
        on parts.indicator_id = parts_summed.indicator_id
        and parts.definition_version = parts_summed.definition_version
        and parts.area_level = parts_summed.area_level
        and parts.period = parts_summed.period
        and parts.variant_id = parts_summed.variant_id
        and parts.role = parts_summed.role
    group by parts.indicator_id, parts.definition_version, parts.area_level, parts.period, parts.variant_id, parts.role
)

select
    inside.indicator_id, inside.definition_version, inside.area_level, inside.period, inside.variant_id,
    {{ t_double('sum(' ~ t_exact(
        'case when inside.part_mean > 0 and dispersed.mean > 0 then inside.part_share'
        ~ ' * inside.part_mean / dispersed.mean * ln(inside.part_mean / dispersed.mean) else 0 end'
    ) ~ ')') }} as theil_between,
    {{ t_double('sum(' ~ t_exact(
        'inside.part_share * inside.part_mean / nullif(dispersed.mean, 0) * inside.part_theil'
    ) ~ ')') }} as theil_within,
    {{ t_double('sum(' ~ t_exact(
        'inside.part_share * (inside.part_mean - dispersed.mean) * (inside.part_mean - dispersed.mean)'
    ) ~ ')') }} as variance_between
from inside
inner join {{ ref('int_harmonisation__dispersed') }} as dispersed
    on inside.indicator_id = dispersed.indicator_id
    and inside.definition_version = dispersed.definition_version
    and inside.area_level = dispersed.area_level
    and inside.period = dispersed.period
group by inside.indicator_id, inside.definition_version, inside.area_level, inside.period, inside.variant_id
