{# Columns in their order. Whose figures a claim quotes decides how they are printed: those of a register as they are, counts of
   people rounded, those of an indicator as public_fct_indicator_value prints the level or the default variant. #}
{% set columns = '''
    claim_id evaluation period claim_type wording_de wording_en is_leg document_title page_reference publisher
    said_first_on said_last_on is_date_assumed verdict superseded_since reason_code reason_de reason_en metric_kind
    metric_of definition_version area variant_count comparator baseline_id measured_from_on measured_to_on known_by
    estimate lower upper unit n is_full_count level_estimate baseline_estimate expected_value expected_class
    window_lower window_upper second_rounding_unit is_inside_second_window stated_denominator denominator direction
    is_bound_included is_strong margin margin_reason_de margin_reason_en tipping_margin rest_estimate rest_lower
    rest_upper process_half_width panel_estimate panel_n entered_n left_n leg_count supported_leg_count
    deciding_leg_id declared_on is_post_hoc needed_de needed_en note_de note_en
'''.split() %}
{% set forms = {
    'estimate': 'nearest', 'lower': 'lower', 'upper': 'upper', 'n': 'n', 'level_estimate': 'level',
    'baseline_estimate': 'level', 'margin': 'margin', 'tipping_margin': 'upper', 'rest_estimate': 'nearest',
    'rest_lower': 'lower', 'rest_upper': 'upper', 'process_half_width': 'upper', 'panel_estimate': 'nearest',
} %}

with programme as (
    select programme, default_variant from {{ ref('stg_programme_programme') }}
),

areas as (
    select area_id, area_level, area_id = city_id as is_city
    from {{ ref('dim_area') }}
    where area_level in {{ named_by_rule('open_levels') }}
),

-- how an indicator is printed for the default variant and for the areas of an open level: with the fewest decimals of any
-- of them, since a change rests on two periods and a rank on all areas, and hidden where one of them is
printed as (
    select
        figures.indicator_id,
        figures.definition_version,
        coalesce(areas.area_level, 'default_variant') as place,
        min(figures.decimals) as decimals,
        max(figures.hidden_reason) as hidden_reason
    from {{ ref('public_fct_indicator_value') }} as figures
    inner join programme on {{ programme_of('figures.indicator_id') }} = programme.programme
    left join areas on figures.area_id = areas.area_id
    where areas.area_id is not null or figures.variant_id = programme.default_variant
    group by figures.indicator_id, figures.definition_version, coalesce(areas.area_level, 'default_variant')
),

placed as (
    select
        verdicts.*,
        {{ programme_of('verdicts.claim_id') }} as programme,
        verdicts.metric_kind = 'participation' and verdicts.metric_of = 'people' as is_count_of_people,
        areas.is_city,
        case
            when verdicts.metric_kind = 'gap' and verdicts.comparator in ('rest', 'city') then 'default_variant'
            when verdicts.metric_kind = 'indicator' and verdicts.area in ('programme', 'rest') then 'default_variant'
            when verdicts.metric_kind = 'indicator' then areas.area_level
        end as place
    from {{ ref('fct_claim_verdict') }} as verdicts
    left join areas
        on {{ same_programme('verdicts.claim_id', 'areas.area_id') }}
        and (verdicts.area = areas.area_id or (verdicts.area = 'city' and areas.is_city))
    where
        {{ beside("'fct_claim_verdict'", 'verdicts.claim_id') }} in {{ named_by_rule('marts') }}
        and (verdicts.period is null or verdicts.period >= {{ number_of_rule('first_period', programme_of('verdicts.claim_id')) }})
),

judged as (
    select
        placed.*,
        case placed.metric_kind
            when 'projects' then 2
            when 'participation' then 2
            when 'volunteering' then 0
            when 'area_class' then 0
            when 'harmonisation' then 2
            else printed.decimals
        end as decimals,
        case
            when placed.metric_kind in ('projects', 'participation') then null
            when coalesce(placed.estimate, placed.level_estimate, placed.baseline_estimate) is null then null
            when placed.metric_kind = 'volunteering' and not coalesce(placed.is_city, false) then 'verdict_only'
            when
                placed.metric_kind = 'volunteering'
                and least(placed.n, placed.panel_n) < {{ number_of_rule('minimum_organisations') }}
                then 'few_organisations'
            when placed.metric_kind = 'volunteering' and {{ protecting_decimals('placed.baseline_estimate', '100') }} is null
                then 'small_group'
            when placed.metric_kind = 'area_class' and classes.is_hidden = false then null
            when placed.metric_kind = 'harmonisation' and spreads.sigma is not null then null
            when placed.metric_kind in ('indicator', 'gap') and printed.place is not null then printed.hidden_reason
            when placed.metric_kind <> 'volunteering' then 'verdict_only'
        end as hidden_reason
    from placed
    left join printed
        on placed.metric_of = printed.indicator_id
        and placed.definition_version = printed.definition_version
        and placed.place = printed.place
    left join {{ ref('public_fct_area_class') }} as classes
        on placed.metric_kind = 'area_class'
        and placed.metric_of = classes.index_id
        and placed.area = classes.area_id
        and placed.period = classes.period
    left join {{ ref('public_fct_harmonisation') }} as spreads
        on placed.metric_kind = 'harmonisation'
        and placed.metric_of = spreads.indicator_id
        and placed.definition_version = spreads.definition_version
        and placed.area = spreads.area_level
        and placed.period = spreads.period
        and spreads.is_default_variant
)

select
    {% for column in columns %}
    {% set form = forms.get(column) %}
    {% if not form %}
    {{ column }},
    {% elif form == 'n' %}
    case when metric_kind in ('projects', 'participation', 'volunteering') then n else {{ printed_count('n') }} end as n,
    {% elif form == 'margin' %}
    case when hidden_reason is null then {{ printed('margin', 'decimals + 1') }} end as margin,
    {% elif form == 'level' %}
    case
        when hidden_reason is not null then null
        when is_count_of_people or metric_kind = 'volunteering' then {{ t_double(printed_count(column)) }}
        else {{ printed(column, 'decimals') }}
    end as {{ column }},
    {% else %}
    case
        when hidden_reason is not null then null
        when is_count_of_people then {{ t_double(printed_count(column, form)) }}
        else {{ printed(column, 'decimals', form) }}
    end as {{ column }},
    {% endif %}
    {% endfor %}
    cast(case when hidden_reason is null then decimals end as bigint) as decimals,
    hidden_reason is not null as is_hidden,
    hidden_reason,
    {{ t_text('null') }} as shown_at_level,
    is_synthetic
from judged
