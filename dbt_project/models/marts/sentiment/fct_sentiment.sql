{# Changes are made per reference area, before the city of an area set is shown beside the city itself. `previous` is
   the wave before; `baseline` the wave of the year the programme began, for later waves only. #}
{% set key = ['item_id', 'outcome', 'reference_area_id', 'area_level', 'source_id'] %}
{% set bases = [('previous', 'from_previous'), ('baseline', 'since_baseline')] %}

with programme as (
    select programme, substring({{ t_text('starts_on') }}, 1, 4) as first_period from {{ ref('stg_programme_programme') }}
),

items as (
    select * from {{ ref('stg_programme_term') }} where vocabulary = 'survey_items'
),

stated as (
    select
        *,
        case
            when n < {{ minimum_answers() }} then 'suppressed'
            when weight_sum = 0 then 'missing'
            else 'final'
        end as status
    from {{ ref('int_sentiment__summed') }}
),

-- no mean where none can be stated, and from there on no limit and no change either
averaged as (
    select
        {% for column in key %}
        {{ column }},
        {% endfor %}
        period, delivery_id, n, weight_sum as weight_sum_exact, status,
        case when status = 'final' then {{ t_double('score_sum') }} / nullif({{ t_double('weight_sum') }}, 0) end as mean,
        case when outcome = 'grade' then 1.0 else 100.0 end as scaling,
        {% for column in ['weight_sum', 'weight_square_sum', 'score_cross_sum', 'score_square_sum'] %}
        {{ t_double(column) }} as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from stated
),

effective as (
    select
        *,
        case
            when mean is null then null
            when outcome = 'grade' then weight_sum * weight_sum / nullif(weight_square_sum, 0)
            else {{ effective_n('mean', 'n', 'weight_sum', 'weight_square_sum', 'score_cross_sum') }}
        end as effective_n
    from averaged
),

erring as (
    select
        *,
        case
            when outcome = 'grade'
                then {{ linearised_error(
                    'mean', 'n', 'weight_sum', 'weight_square_sum', 'score_cross_sum', 'score_square_sum'
                ) }}
            else scaling * sqrt(mean * (1 - mean) / effective_n)
        end as standard_error
    from effective
),

limited as (
    select
        {% for column in key %}
        erring.{{ column }},
        {% endfor %}
        erring.period, erring.delivery_id, erring.n, erring.effective_n, erring.weight_sum_exact, erring.status,
        erring.standard_error,
        erring.scaling * erring.mean as value,
        {% for end, side in [('lower', -1), ('upper', 1)] %}
        case
            when erring.outcome = 'grade' then erring.mean + ({{ side }}) * {{ z_95() }} * erring.standard_error
            else erring.scaling * {{ wilson('erring.mean', 'erring.effective_n', side) }}
        end as {{ end }},
        {% endfor %}
        lag(erring.period) over (partition by {{ key | join(', ') }} order by erring.period nulls last) as previous_period,
        case when erring.period > programme.first_period then programme.first_period end as baseline_period
    from erring
    inner join programme on {{ programme_of('erring.item_id') }} = programme.programme
),

-- waves of an outcome that may not be compared, by the indicators made from it
broken as (
    select distinct asked.item_id, asked.outcome, broken.earlier_period, broken.period
    from {{ ref('int_indicator__parted') }} as broken
    inner join {{ ref('int_indicator__sourced') }} as sourced
        on broken.indicator_id = sourced.indicator_id
        and broken.definition_version = sourced.definition_version
        and sourced.kind = 'survey'
    inner join {{ ref('int_survey__tallied') }} as asked on sourced.numerator_measure_id = asked.measure_id
),

changed as (
    select
        limited.*,
        {% for base, suffix in bases %}
        {% set parts = [
            (1, 'limited.value', 'limited.lower', 'limited.upper'),
            (-1, base ~ '.value', base ~ '.lower', base ~ '.upper'),
        ] %}
        {{ base }}.period as {{ base }}_wave,
        limited.value - {{ base }}.value as change_{{ suffix }},
        limited.value - {{ base }}.value - {{ mover(parts, -1) }} as change_{{ suffix }}_lower,
        limited.value - {{ base }}.value + {{ mover(parts, 1) }} as change_{{ suffix }}_upper,
        sqrt(
            limited.standard_error * limited.standard_error + {{ base }}.standard_error * {{ base }}.standard_error
        ) as standard_error_{{ suffix }}{{ ',' if not loop.last }}
        {% endfor %}
    from limited
    {% for base, suffix in bases %}
    left join broken as {{ base }}_broken
        on limited.item_id = {{ base }}_broken.item_id
        and limited.outcome = {{ base }}_broken.outcome
        and limited.{{ base }}_period = {{ base }}_broken.earlier_period
        and limited.period = {{ base }}_broken.period
    left join limited as {{ base }}
        on limited.{{ base }}_period = {{ base }}.period
        and {{ base }}_broken.period is null
        {% for column in key %}
        and limited.{{ column }} = {{ base }}.{{ column }}
        {% endfor %}
    {% endfor %}
)

select
    changed.period,
    changed.item_id,
    items.name_de as item_name_de,
    items.name_en as item_name_en,
    case changed.outcome when 'improve' then 'optimists' when 'worsen' then 'pessimists' else changed.outcome end as outcome,
    reference_areas.area_kind,
    reference_areas.area_id,
    reference_areas.variant_id,
    reference_areas.role,
    {% for column in ['value', 'lower', 'upper'] %}
    {{ rnd('changed.' ~ column, 6) }} as {{ column }},
    {% endfor %}
    case when changed.outcome = 'grade' then 'grade_1_to_6' else 'pct' end as unit,
    changed.n,
    {{ rnd('changed.effective_n', 4) }} as effective_n,
    changed.weight_sum_exact as weight_sum,
    changed.status,
    {% for base, suffix in bases %}
    changed.{{ base }}_wave as {{ base }}_period,
    {% for column in ['', '_lower', '_upper'] %}
    {{ rnd('changed.change_' ~ suffix ~ column, 6) }} as change_{{ suffix }}{{ column }},
    {% endfor %}
    {% for column, factor in [('critical_difference', z_95()), ('smallest_detectable_change', z_95_plus_z_80())] %}
    {{ rnd('nullif(' ~ factor ~ ' * changed.standard_error_' ~ suffix ~ ', 0)', 6) }} as {{ column }}_{{ suffix }},
    {% endfor %}
    {% endfor %}
    case when changed.outcome = 'grade' then 'grade_1_to_6' else 'pp' end as change_unit,
    changed.source_id,
    changed.delivery_id,
    {{ is_synthetic() }} as is_synthetic
from changed
inner join {{ ref('int_reference_area__unioned') }} as reference_areas
    on changed.reference_area_id = reference_areas.reference_area_id
    and (reference_areas.member_level is null or reference_areas.member_level = changed.area_level)
left join items on changed.item_id = items.term_id
where reference_areas.territory = 'today' or reference_areas.area_kind = 'area'
