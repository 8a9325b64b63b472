{% set steps = 6 %}

with areas as (
    select
        area_id, area_level, parent_id, alternative_parent_id, publication_unit_id, valid_from, {{ open_end('valid_to') }} as valid_to
    from {{ ref('stg_programme_area') }}
),

step_0 as (
    select area_id, area_level, area_id as ancestor_id, valid_from, valid_to
    from areas
),

{% for step in range(1, steps + 1) %}
step_{{ step }} as (
    select
        lower.area_id,
        lower.area_level,
        upper.parent_id as ancestor_id,
        greatest(lower.valid_from, upper.valid_from) as valid_from,
        least(lower.valid_to, upper.valid_to) as valid_to
    from step_{{ step - 1 }} as lower
    inner join areas as upper on lower.ancestor_id = upper.area_id
    where
        upper.parent_id is not null
        and lower.valid_from <= upper.valid_to
        and upper.valid_from <= lower.valid_to
),

{% endfor %}
main_tree as (
    {% for step in range(0, steps + 1) %}
    select * from step_{{ step }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- parents outside the main tree: the alternative one, and the publication unit a merged figure is given for
alternative as (
    {% for parent in ['alternative_parent_id', 'publication_unit_id'] %}
    select
        lower.area_id,
        lower.area_level,
        upper.{{ parent }} as ancestor_id,
        greatest(lower.valid_from, upper.valid_from) as valid_from,
        least(lower.valid_to, upper.valid_to) as valid_to
    from main_tree as lower
    inner join areas as upper on lower.ancestor_id = upper.area_id
    where
        upper.{{ parent }} is not null
        and lower.valid_from <= upper.valid_to
        and upper.valid_from <= lower.valid_to
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

all_pairs as (
    select area_id, area_level, ancestor_id, valid_from, valid_to, true as is_main_tree from main_tree
    union all
    select area_id, area_level, ancestor_id, valid_from, valid_to, false as is_main_tree from alternative
)

select distinct
    all_pairs.area_id,
    all_pairs.area_level,
    all_pairs.ancestor_id,
    levels.level_rank as ancestor_level_rank,
    all_pairs.is_main_tree,
    all_pairs.valid_from,
    all_pairs.valid_to
from all_pairs
inner join (select distinct area_id, area_level from areas) as ancestors on all_pairs.ancestor_id = ancestors.area_id
inner join {{ ref('stg_programme_level') }} as levels on ancestors.area_level = levels.area_level
