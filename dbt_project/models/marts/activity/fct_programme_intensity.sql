{% set notes = {
    'project': (
        'Stand am Jahresende. Ein Teilprojekt in mehreren Gebieten zählt in jedem, ohne Gebiet nur für die Stadt.',
        'State at the end of the year. A sub-project in several areas counts in each, without one only for the city.'
    ),
    'event': (
        'Im Lauf des Jahres. Ohne Gebiet, etwa im Netz, zählt eine Veranstaltung nur für die Stadt.',
        'In the course of the year. Without an area, such as online, an event counts only for the city.'
    ),
    'idea': (
        'Auf der Plattform im Lauf des Jahres eingereicht. Ohne Gebiet zählt eine Idee nur für die Stadt.',
        'Submitted on the platform in the course of the year. Without an area an idea counts only for the city.'
    ),
    'money': (
        'Es ist kein Budget je Teilprojekt geliefert: unbekannt, nicht null Euro.',
        'No budget of sub-projects is delivered: unknown, not zero.'
    ),
} %}
{% set measures = [
    ('sub_projects_in_stock', 'project', 'sub_projects', 'Teilprojekte im Bestand', 'sub-projects in stock'),
    ('sub_projects_started', 'project', 'sub_projects', 'gestartete Teilprojekte', 'sub-projects started, not done'),
    ('sub_projects_done', 'project', 'sub_projects', 'umgesetzte Teilprojekte', 'sub-projects done'),
    ('events', 'event', 'events', 'Beteiligungsveranstaltungen', 'participation events'),
    ('participants', 'event', 'persons', 'Teilnehmende', 'people present at events'),
    ('ideas', 'idea', 'ideas', 'eingereichte Ideen', 'ideas submitted'),
    ('approved_eur', 'money', 'eur', 'bewilligte Mittel', 'money approved'),
] %}

with measures as (
    {% for id, activity, unit, name_de, name_en in measures %}
    select
        '{{ id }}' as measure_id, '{{ activity }}' as activity, '{{ unit }}' as unit,
        '{{ name_de }}' as measure_name_de, '{{ name_en }}' as measure_name_en,
        '{{ notes[activity][0] }}' as note_de, '{{ notes[activity][1] }}' as note_en
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

placed as (
    select * from {{ ref('int_activity__placed') }}
),

summed as (
    select
        area_id, period, activity,
        count(*) as item_count,
        sum(case when is_in_stock then 1 else 0 end) as stock_count,
        sum(case when status = 'started' then 1 else 0 end) as started_count,
        sum(case when status = 'done' then 1 else 0 end) as done_count,
        sum(participant_count) as participant_count,
        sum(case when participant_count is null then 1 else 0 end) as unreported_count
    from placed
    group by area_id, period, activity
),

deliveries as (
    select 'project' as activity, source_id, delivery_id from {{ ref('stg_project') }}
    union
    select 'event' as activity, source_id, delivery_id from {{ ref('stg_event') }}
    union
    select 'idea' as activity, source_id, delivery_id
    from {{ ref('stg_contribution') }}
    where contribution_kind = 'idea'
),

known as (
    select
        {{ programme_of('deliveries.source_id') }} as programme,
        deliveries.activity,
        max(receipts.received_on) as received_on
    from deliveries
    inner join {{ ref('stg_refresh_delivery') }} as receipts
        on deliveries.source_id = receipts.source_id and deliveries.delivery_id = receipts.delivery_id
    group by {{ programme_of('deliveries.source_id') }}, deliveries.activity
),

figures as (
    select
        expected.area_id,
        expected.area_level,
        expected.period,
        expected.period_end_on,
        measures.measure_id,
        measures.measure_name_de,
        measures.measure_name_en,
        measures.unit,
        measures.note_de,
        measures.note_en,
        known.received_on,
        population.resident_count,
        case when measures.measure_id = 'participants' then coalesce(summed.unreported_count, 0) else 0 end
            as unreported_count,
        case measures.measure_id
            when 'sub_projects_in_stock' then coalesce(summed.stock_count, 0)
            when 'sub_projects_started' then coalesce(summed.started_count, 0)
            when 'sub_projects_done' then coalesce(summed.done_count, 0)
            when 'participants' then coalesce(summed.participant_count, 0)
            when 'events' then coalesce(summed.item_count, 0)
            when 'ideas' then coalesce(summed.item_count, 0)
        end as counted
    from {{ ref('int_activity__expected') }} as expected
    cross join measures
    left join known
        on {{ programme_of('expected.area_id') }} = known.programme
        and measures.activity = known.activity
    left join summed
        on expected.area_id = summed.area_id
        and expected.period = summed.period
        and measures.activity = summed.activity
    left join {{ ref('int_population__summed') }} as population
        on expected.area_id = population.reference_area_id and expected.period = population.period
),

judged as (
    select
        figures.*,
        case
            when received_on is null then 'missing'
            when unreported_count > 0 then 'incomplete'
            when received_on <= period_end_on then 'provisional'
            else 'final'
        end as status
    from figures
),

valued as (
    select judged.*, case when status in ('final', 'provisional') then {{ t_sum('counted') }} end as value
    from judged
)

select
    area_id,
    area_level,
    period,
    measure_id,
    measure_name_de,
    measure_name_en,
    value,
    unit,
    status,
    cast(unreported_count as bigint) as event_without_figure_count,
    resident_count,
    {{ rnd('1000 * ' ~ t_double('value') ~ ' / nullif(' ~ t_double('resident_count') ~ ', 0)', 6) }} as value_per_1000,
    true as is_descriptive,
    'Beschreibend, nicht ursächlich: Wo das Programm mehr tut, war oft mehr zu tun. ' || note_de as interpretation_de,
    'Descriptive, not causal: where the programme does more, there often was more to do. ' || note_en
        as interpretation_en,
    {{ is_synthetic() }} as is_synthetic
from valued
