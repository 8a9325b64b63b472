{% set bases = ['from_previous', 'since_baseline'] %}
{% set keys = ['item_id', 'outcome', 'area_kind', 'source_id'] %}
{% set places = ['area_id', 'variant_id', 'role'] %}

with scoped as (
    select sentiment.*, {{ programme_of('sentiment.item_id') }} as programme
    from {{ ref('fct_sentiment') }} as sentiment
    left join {{ ref('dim_area') }} as areas on sentiment.area_id = areas.area_id
    where
        {{ beside("'fct_sentiment'", 'sentiment.item_id') }} in {{ named_by_rule('marts') }}
        and sentiment.period >= {{ number_of_rule('first_period', programme_of('sentiment.item_id')) }}
        and (
            areas.area_level in {{ named_by_rule('open_levels') }}
            or sentiment.variant_id in {{ named_by_rule('variants_with_figures') }}
        )
),

-- the wave with the fewest answers, since changes rest on two
series as (
    select {{ (keys + places) | join(', ') }}, min(n) as least_n
    from scoped
    where status = 'final'
    group by {{ (keys + places) | join(', ') }}
),

decided as (
    select
        scoped.*,
        coalesce(
            {{ protecting_decimals('series.least_n', "case when scoped.unit = 'pct' then 100 else 1 end") }}, 0
        ) as decimals
    from scoped
    left join series
        on {% for key in keys %}scoped.{{ key }} = series.{{ key }} and {% endfor %}
        {% for place in places %}
        coalesce(scoped.{{ place }}, '') = coalesce(series.{{ place }}, ''){{ ' and' if not loop.last }}
        {% endfor %}
)

select
    period,
    item_id,
    item_name_de,
    item_name_en,
    outcome,
    area_kind,
    area_id,
    variant_id,
    role,
    {{ printed('value', 'decimals') }} as value,
    {{ printed('lower', 'decimals', 'lower') }} as lower,
    {{ printed('upper', 'decimals', 'upper') }} as upper,
    cast(decimals as bigint) as decimals,
    unit,
    {{ printed_count('n') }} as n,
    status,
    {% for base in bases %}
    {{ 'previous' if base == 'from_previous' else 'baseline' }}_period,
    {{ printed('change_' ~ base, 'decimals') }} as change_{{ base }},
    {{ printed('change_' ~ base ~ '_lower', 'decimals', 'lower') }} as change_{{ base }}_lower,
    {{ printed('change_' ~ base ~ '_upper', 'decimals', 'upper') }} as change_{{ base }}_upper,
    {% for width in ['critical_difference', 'smallest_detectable_change'] %}
    {{ printed(width ~ '_' ~ base, 'decimals', 'upper') }} as {{ width }}_{{ base }},
    {% endfor %}
    {% endfor %}
    change_unit,
    source_id,
    is_synthetic
from decided
