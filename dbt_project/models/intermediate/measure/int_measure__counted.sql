{# Cases of the programme counted for the whole city, one measure per counted thing. A sum over a case without a
   figure is missing. Sub-projects are counted on the last day of each year in which a status changed. #}
with years as (
    select distinct {{ programme_of('project_id') }} as programme, {{ t_text('extract(year from valid_from)') }} as period
    from {{ ref('int_project__status') }}
),

statuses as (
    select
        years.programme, years.period, history.source_id, history.delivery_id, history.status, history.is_in_stock,
        history.is_started_or_done
    from years
    inner join {{ ref('int_project__status') }} as history
        on years.programme = {{ programme_of('history.project_id') }}
        and {{ period_end('years.period') }} between history.valid_from and {{ open_end('history.valid_to') }}
),

{% for cte, relation, programme, period, condition in [
    ('ordered_statuses', 'statuses', 'programme', 'period', 'true'),
    ('ordered_assessments', ref('stg_assessment'), programme_of('proposal_id'), own_name('round_id'), 'true'),
    ('ordered_events', ref('stg_event'), programme_of('event_id'), t_text('extract(year from event_on)'), 'true'),
    ('ordered_ideas', ref('stg_contribution'), programme_of('contribution_id'), t_text('extract(year from submitted_on)'),
     "contribution_kind = 'idea'"),
] %}
{{ cte }} as (
    select
        *,
        {{ programme }} as counted_programme,
        {{ period }} as counted_period,
        {{ delivery_position(programme ~ ', ' ~ period) }} as delivery_position
    from {{ relation }}
    where {{ condition }}
),

{% endfor %}
projects as (
    select
        counted_programme as programme,
        counted_period as period,
        {{ named_delivery() }},
        sum(case when is_in_stock then 1 else 0 end) as projects_in_stock,
        sum(case when is_started_or_done then 1 else 0 end) as projects_started_or_done,
        sum(case when status = 'done' then 1 else 0 end) as projects_done
    from ordered_statuses
    group by counted_programme, counted_period
),

proposals as (
    select
        counted_programme as programme,
        counted_period as period,
        {{ named_delivery() }},
        count(distinct proposal_id) as proposals_assessed,
        count(distinct case when is_recommended then proposal_id end) as proposals_recommended
    from ordered_assessments
    group by counted_programme, counted_period
),

events as (
    select
        counted_programme as programme,
        counted_period as period,
        {{ named_delivery() }},
        count(*) as participation_events,
        case when count(*) = count(participant_count) then sum(participant_count) end as participants
    from ordered_events
    group by counted_programme, counted_period
),

ideas as (
    select
        counted_programme as programme,
        counted_period as period,
        {{ named_delivery() }},
        count(*) as ideas_submitted
    from ordered_ideas
    group by counted_programme, counted_period
),

counted as (
    {% for table, measures in [
        ('projects', [('projects_in_stock', 'projects'), ('projects_started_or_done', 'projects'),
                      ('projects_done', 'projects')]),
        ('proposals', [('proposals_assessed', 'proposals'), ('proposals_recommended', 'proposals')]),
        ('events', [('participation_events', 'events'), ('participants', 'persons')]),
        ('ideas', [('ideas_submitted', 'ideas')]),
    ] %}
    {% set is_last_table = loop.last %}
    {% for measure, unit in measures %}
    select
        programme, '{{ measure }}' as measure_id, period, cast({{ measure }} as decimal(24, 8)) as value, '{{ unit }}' as unit,
        case when {{ measure }} is null then 'missing' else 'final' end as status, source_id, delivery_id
    from {{ table }}
    {% if not (is_last_table and loop.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}
),

-- the only area that covers all cases; with several cities in one programme nobody could say whose they are
city as (
    select {{ programme_of('areas.area_id') }} as programme, max(areas.area_id) as area_id, max(areas.area_level) as area_level
    from {{ ref('stg_programme_area') }} as areas
    inner join {{ ref('stg_programme_level') }} as levels on areas.area_level = levels.area_level
    where levels.level_rank = 0
    group by {{ programme_of('areas.area_id') }}
    having count(distinct areas.area_id) = 1
)

select
    {{ beside('counted.measure_id', 'city.area_id') }} as measure_id, city.area_level, city.area_id, counted.period,
    {{ period_end('counted.period') }} as reference_on,
    counted.value, counted.unit, counted.status, counted.source_id, counted.delivery_id
from counted
inner join city on counted.programme = city.programme
union all
select
    volunteering.counting_unit as measure_id, city.area_level, city.area_id, volunteering.period,
    volunteering.reference_on,
    cast(volunteering.value as decimal(24, 8)) as value, volunteering.unit,
    case when volunteering.value is null then 'missing' else volunteering.status end as status,
    volunteering.source_id, volunteering.delivery_id
from {{ ref('int_volunteering__summed') }} as volunteering
inner join city on volunteering.area_id = city.area_id
where volunteering.method = 'counted'
