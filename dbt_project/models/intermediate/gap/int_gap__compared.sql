{# Every gap by each of its readings: of a sample one; of a full count as one outcome of a process and as what was counted.
   A gap is programme value minus comparator value. Programme area and rest are independent, programme area and city are
   not: the gap to the city is (1 - w) times the gap to the rest, w the programme area's share of the denominator, and
   so is its error. On the logarithm that does not hold: there the gap to the city has no limits. #}
with valued as (
    {% for reading, lower, upper, condition, is_deciding in [
        ('sample', 'valued.lower', 'valued.upper', 'not valued.is_full_count', 'true'),
        ('process', 'valued.process_lower', 'valued.process_upper', 'valued.is_full_count and sourced.process is not null',
         "sourced.declared_interval_basis = 'process'"),
        ('counted', 'valued.counted_lower', 'valued.counted_upper', 'valued.is_full_count',
         "sourced.process is null or sourced.declared_interval_basis = 'counted'"),
    ] %}
    select
        valued.indicator_id, valued.definition_version, valued.variant_id, valued.role, valued.period, valued.value,
        {{ lower }} as lower, {{ upper }} as upper,
        valued.numerator, valued.denominator, valued.n, valued.is_full_count, valued.coverage_pct, valued.status,
        sourced.scale, sourced.whole,
        '{{ reading }}' as reading,
        {{ is_deciding }} as is_deciding_reading
    from {{ ref('int_indicator__valued') }} as valued
    inner join {{ ref('int_indicator__sourced') }} as sourced
        on valued.indicator_id = sourced.indicator_id
        and valued.definition_version = sourced.definition_version
    where valued.area_kind = 'area_set' and valued.territory = 'today' and {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

{% for part in ['programme', 'rest', 'city', 'comparison'] %}
{{ part }} as (
    select * from valued where role = '{{ part }}'
),

{% endfor %}
-- beside each comparator the area the programme area is independent of, and how much of that gap is left
opposed as (
    {% for comparator, shown, opposite, same_variant, remainder in [
        ("'rest'", 'rest', 'rest', true, '1.0'),
        ("'city'", 'city', 'rest', true,
         '1 - ' ~ t_double('programme.denominator') ~ ' / nullif(' ~ t_double('city.denominator') ~ ', 0)'),
        ('comparison.variant_id', 'comparison', 'comparison', false, '1.0'),
    ] %}
    select
        programme.indicator_id,
        programme.definition_version,
        programme.variant_id,
        {{ comparator }} as comparator,
        programme.period,
        programme.reading,
        programme.is_deciding_reading,
        programme.scale,
        programme.whole,
        programme.value as programme_value,
        programme.lower as programme_lower,
        programme.upper as programme_upper,
        {{ shown }}.value as comparator_value,
        {{ opposite }}.value as opposite_value,
        {{ opposite }}.lower as opposite_lower,
        {{ opposite }}.upper as opposite_upper,
        {{ remainder }} as remainder,
        programme.n as programme_n,
        {{ shown }}.n as comparator_n,
        programme.is_full_count,
        least(programme.coverage_pct, {{ shown }}.coverage_pct) as coverage_pct,
        coalesce(programme.status = 'suppressed' or {{ shown }}.status = 'suppressed', false) as is_small,
        coalesce(
            (programme.value is not null and programme.lower is null)
            or ({{ opposite }}.value is not null and {{ opposite }}.lower is null), false
        ) as is_short,
        greatest({{ status_rank('programme.status') }}, {{ status_rank(shown ~ '.status') }}) as status_rank
    from programme
    {% for other in [shown, opposite] | unique %}
    inner join {{ other }}
        on programme.indicator_id = {{ other }}.indicator_id
        and programme.definition_version = {{ other }}.definition_version
        and programme.period = {{ other }}.period
        and programme.reading = {{ other }}.reading
        {% if same_variant %}and programme.variant_id = {{ other }}.variant_id{% endif %}
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

scaled as (
    select
        *,
        {% for column in ['programme_value', 'programme_lower', 'programme_upper', 'comparator_value',
                          'opposite_value', 'opposite_lower', 'opposite_upper'] %}
        ln({{ odds(column, 'scale', 'whole') }}) as log_{{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from opposed
)

{% for measure, prefix in [('absolute', ''), ('relative', 'log_')] %}
{% set parts = [
    (1, prefix ~ 'programme_value', prefix ~ 'programme_lower', prefix ~ 'programme_upper'),
    (-1, prefix ~ 'opposite_value', prefix ~ 'opposite_lower', prefix ~ 'opposite_upper'),
] %}
select
    indicator_id, definition_version, variant_id, comparator, period, reading, is_deciding_reading,
    '{{ measure }}' as measure,
    programme_value, comparator_value,
    {{ prefix }}programme_value - {{ prefix }}comparator_value as gap,
    {% for end, side in [('lower', -1), ('upper', 1)] %}
    {% if measure == 'relative' %}case when comparator <> 'city' then {{ mover(parts, side) }} end
    {%- else %}remainder * {{ mover(parts, side) }}
    {%- endif %} as distance_to_{{ end }},
    {% endfor %}
    remainder,
    programme_n, comparator_n, is_full_count, coverage_pct, is_small, is_short, status_rank
from scaled
{{ 'union all' if not loop.last }}
{% endfor %}
