-- every pair of years of one way of counting: who reported in both, who came, who went
{% set way = ['area_id', 'counting_unit', 'scope', 'method', 'unit'] %}
with reported as (
    select * from {{ ref('int_volunteering__reported') }}
),

years as (
    select distinct {{ way | join(', ') }}, period from reported
),

pairs as (
    select
        {% for column in way %}ended.{{ column }}, {% endfor %}
        ended.period, begun.period as base_period
    from years as ended
    inner join years as begun
        on {% for column in way %}ended.{{ column }} = begun.{{ column }} and {% endfor %}begun.period < ended.period
),

organisations as (
    select
        {% for column in way %}pairs.{{ column }}, {% endfor %}
        pairs.period,
        pairs.base_period,
        reported.organisation_id,
        max(case when reported.period = pairs.period then 1 else 0 end) as is_there,
        max(case when reported.period = pairs.base_period then 1 else 0 end) as was_there,
        {{ t_sum('sum(case when reported.period = pairs.period then reported.value end)') }} as value,
        {{ t_sum('sum(case when reported.period = pairs.base_period then reported.value end)') }} as base_value
    from pairs
    inner join reported
        on {% for column in way %}pairs.{{ column }} = reported.{{ column }} and {% endfor %}
        reported.period in (pairs.period, pairs.base_period)
    group by {% for column in way %}pairs.{{ column }}, {% endfor %}pairs.period, pairs.base_period, reported.organisation_id
),

summed as (
    select
        {{ way | join(', ') }}, period, base_period,
        cast(sum(is_there) as bigint) as organisation_count,
        cast(sum(was_there) as bigint) as base_organisation_count,
        cast(sum(is_there * was_there) as bigint) as panel_organisation_count,
        cast(sum(is_there * (1 - was_there)) as bigint) as entered_organisation_count,
        cast(sum(was_there * (1 - is_there)) as bigint) as left_organisation_count,
        case when sum(is_there) = count(value) then {{ t_sum('sum(value)') }} end as value,
        case when sum(was_there) = count(base_value) then {{ t_sum('sum(base_value)') }} end as base_value,
        {{ t_sum('sum(case when value is not null and base_value is not null then value end)') }} as panel_value,
        {{ t_sum('sum(case when value is not null and base_value is not null then base_value end)') }} as panel_base_value,
        count(*) as either_count
    from organisations
    group by {{ way | join(', ') }}, period, base_period
)

select
    {{ way | join(', ') }}, period, base_period, organisation_count, base_organisation_count, panel_organisation_count,
    entered_organisation_count, left_organisation_count, value, base_value, panel_value, panel_base_value,
    {{ rnd('100 * ' ~ t_double('panel_organisation_count') ~ ' / ' ~ t_double('either_count'), 4) }} as panel_coverage_pct,
    {% for growth, ended, begun in [
        ('growth_pct', 'value', 'base_value'), ('panel_growth_pct', 'panel_value', 'panel_base_value'),
    ] %}
    {{ rnd('100 * (' ~ t_double(ended) ~ ' / nullif(' ~ t_double(begun) ~ ', 0) - 1)', 6) }} as {{ growth }}
    {{- ',' if not loop.last }}
    {% endfor %}
from summed
