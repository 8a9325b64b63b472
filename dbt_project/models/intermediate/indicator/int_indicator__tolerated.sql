{# How far delivered figures may lie from the true ones. `tolerance`, in the unit of the value: what the catalogue names and
   all that breaks of severity `tolerance` added up to the period. Bound and variance of the rounding of one delivered count
   of the numerator and of the denominator: whole numbers rounded to multiples of r lie at most half of r, rounded down,
   beside, all r differences alike, so that their variance is (r * r - 1) / 12. #}
with periods as (
    select distinct {{ programme_of('measure_id') }} as programme, period from {{ ref('int_measure__unioned') }}
),

sourced as (
    select * from {{ ref('int_indicator__sourced') }}
),

rounded as (
    {% for part, measure in [('numerator', 'numerator'), ('numerator', 'subtracted'), ('denominator', 'denominator')] %}
    select
        sourced.indicator_id, sourced.definition_version, periods.period, '{{ part }}' as part,
        max({{ t_double('breaks.rounded_to') }}) as rounded_to
    from sourced
    inner join {{ ref('stg_programme_break') }} as breaks
        on sourced.{{ measure }}_measure_id = breaks.measure_id and breaks.rounded_to > 0
    inner join periods
        on {{ programme_of('sourced.indicator_id') }} = periods.programme
        and periods.period >= breaks.period
    group by sourced.indicator_id, sourced.definition_version, periods.period
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

parts as (
    select
        indicator_id, definition_version, period
        {% for part in ['numerator', 'denominator'] %},
        sum(case when part = '{{ part }}' then floor(rounded_to / 2) else 0 end) as {{ part }}_bound,
        sum(case when part = '{{ part }}' then (rounded_to * rounded_to - 1) / 12 else 0 end) as {{ part }}_variance
        {%- endfor %}
    from rounded
    group by indicator_id, definition_version, period
),

tolerated as (
    select
        sourced.indicator_id,
        sourced.definition_version,
        periods.period,
        {{ t_double('max(sourced.tolerance)') }} + {{ t_double('coalesce(sum(breaks.added_tolerance), 0)') }} as tolerance
    from sourced
    inner join periods on {{ programme_of('sourced.indicator_id') }} = periods.programme
    left join {{ ref('int_indicator__break') }} as breaks
        on sourced.indicator_id = breaks.indicator_id
        and sourced.definition_version = breaks.definition_version
        and breaks.period <= periods.period
        and breaks.severity = 'tolerance'
    group by sourced.indicator_id, sourced.definition_version, periods.period
)

select
    tolerated.*
    {% for part in ['numerator', 'denominator'] %},
    coalesce(parts.{{ part }}_bound, 0.0) as {{ part }}_bound,
    coalesce(parts.{{ part }}_variance, 0.0) as {{ part }}_variance
    {%- endfor %}
from tolerated
left join parts
    on tolerated.indicator_id = parts.indicator_id
    and tolerated.definition_version = parts.definition_version
    and tolerated.period = parts.period
