-- The landing of benchmarks/script.py: text cells of the deliveries → the tables the marts are computed from.
-- No contract, no rejected rows, no receipts: what does not fit is dropped.

create or replace macro clean(t) as trim(nfc_normalize(replace(coalesce(t, ''), chr(160), ' ')));
create or replace macro comma_number(t) as case
    when regexp_full_match(t, '[+-]?([1-9][0-9]{0,2}([.][0-9]{3})+|[0-9]+)(,[0-9]+)?')
    then cast(replace(replace(t, '.', ''), ',', '.') as decimal(24, 8)) end;
create or replace macro sign_status(t) as case
    when t in ('.', '/', '*') then 'suppressed'
    when t in ('', '-', '–', '...', '…', 'x', 'X', 'k. A.', 'k.A.') then 'missing'
    else 'final' end;
create or replace macro any_day(t) as coalesce(try_cast(t as date), cast(try_strptime(t, '%d.%m.%Y') as date));
create or replace macro local_day(t) as
    cast((try_cast(substring(t, 1, 19) as timestamp) at time zone 'UTC') at time zone 'Europe/Berlin' as date);
create or replace macro text_year(d) as cast(year(d) as text);
create or replace macro cross_item(heading) as case regexp_extract(heading, '[|] (.*)$', 1)
    when 'Umwelt & Lebensqualität' then 'environment' when 'Flächenpotenziale' then 'land'
    when 'Arbeitsplätze' then 'jobs' when 'Qualifizierung & Bildung' then 'education'
    when 'ideell' then 'ideational' when 'finanziell' then 'financial' when 'organisatorisch' then 'organisational' end;
create or replace macro register_of(t) as case t
    when 'Gremium' then 'body' when 'Forschungskooperation' then 'research_cooperation' else 'large_project' end;
create or replace macro name_key(t) as trim(regexp_replace(lower(clean(t)), '[\s\-–/.,]+', ' ', 'g'));

-- names of areas -----------------------------------------------------------------------------------------------------

create temp table place_name as
select area_level, name_key(name) as name_key, area_level || '-' || area_code as area_id
from csv_areas, unnest([area_name] || string_split(coalesce(aliases, ''), '|')) as names(name)
where name <> '';

-- figures of areas -----------------------------------------------------------------------------------------------

create temp table portal_item(source, item, unit) as values
    ('hauptwohnsitzbevoelkerung', 'population', 'persons'), ('bev_unter_15', 'population_under_15', 'persons'),
    ('bev_15_bis_64', 'population_15_64', 'persons'), ('bev_unter_65', 'population_under_65', 'persons'),
    ('bev_65_und_aelter', 'population_65_plus', 'persons'), ('wohnflaeche_qm', 'living_space_m2', 'm2'),
    ('grundsicherung_65_und_aelter', 'basic_security_65_plus', 'persons'),
    ('bev_unter_3', 'population_under_3', 'persons'), ('bev_3_bis_5', 'population_3_5', 'persons'),
    ('bev_15_bis_24', 'population_15_24', 'persons'), ('wohnungen', 'dwellings', 'dwellings'),
    ('wohnungen_leer', 'vacant_dwellings', 'dwellings'), ('wohnungen_fertiggestellt', 'new_dwellings', 'dwellings'),
    ('gruenflaeche_erreichbar_qm', 'accessible_green_m2', 'm2'),
    ('bev_laerm_ueber_65_dba', 'residents_exposed_to_noise', 'persons'), ('flaeche_qm', 'land_m2', 'm2'),
    ('flaeche_versiegelt_qm', 'sealed_land_m2', 'm2'), ('brachflaeche_qm', 'brownfield_m2', 'm2'),
    ('brachflaeche_2015_qm', 'brownfield_2015_m2', 'm2'), ('flaeche_reaktiviert_qm', 'reactivated_land_m2', 'm2'),
    ('bauland_wohnen_qm', 'developable_housing_m2', 'm2'), ('bauland_gewerbe_qm', 'developable_commercial_m2', 'm2'),
    ('betreuungsplaetze_u3', 'care_places_under_3', 'places'), ('betreuungsplaetze_ue3', 'care_places_3_5', 'places'),
    ('uebergaenge_gesamt', 'school_transitions', 'pupils'),
    ('uebergaenge_gymnasium', 'school_transitions_gymnasium', 'pupils'),
    ('einschulungen', 'school_entrants', 'children'),
    ('einschulungen_sprachfoerderbedarf', 'school_entrants_language_support', 'children'),
    ('no2_jahresmittel', 'no2_annual_mean', 'ug_per_m3'), ('beratene_unternehmen', 'firms_advised', 'firms');

create temp table labour_item(source, item, since) as values
    ('Arbeitslose | insgesamt', 'unemployed', '2011'), ('Arbeitslose | unter 25 Jahre', 'unemployed_15_24', '2015'),
    ('Arbeitslose | langzeitarbeitslos', 'unemployed_long_term', '2015'),
    ('Leistungsberechtigte SGB II | insgesamt', 'sgb2_recipients', '2011'),
    ('Leistungsberechtigte SGB II | unter 15 Jahre', 'sgb2_children_under_15', '2011'),
    ('Beschäftigte am Wohnort', 'employed_at_residence', '2015');

create temp table official_item(variable, second, item, unit, file) as values
    ('BEVSTD', '', 'population_official', 'persons', '12411'),
    ('ERW032', '', 'employed_at_workplace', 'persons', '13111'),
    ('GEW001', null, 'business_registrations', 'firms', '52311'),
    ('GEW002', null, 'business_deregistrations', 'firms', '52311'),
    ('BAU005', null, 'buildings_completed', 'buildings', '31121'),
    ('BIL003', '', 'school_leavers', 'pupils', '21111'),
    ('BIL003', 'ABSCHL01', 'school_leavers_without_certificate', 'pupils', '21111'),
    ('ERWP06', null, 'unemployment_rate_ba', 'pct', '13211');

create table landed.area_figure as
with portal as (
    select
        'statistikportal__unterbezirke' as _table, 'unterbezirk' as area_level, unterbezirk_nr as area_code, jahr, stichtag,
        source, cell
    from (unpivot json_small_areas on columns(* exclude (unterbezirk_nr, unterbezirk, jahr, stichtag)) into name source value cell)
    union all
    select 'statistikportal__stadt', 'city', ags, jahr, stichtag, source, cell
    from (unpivot json_city on columns(* exclude (ags, jahr, stichtag)) into name source value cell)
),

labour as (
    select any_day(clean(Stichtag)) as reference_on, regexp_extract(Unterbezirk, '^([0-9-]+) ', 1) as area_code, source,
        clean(cell) as cell
    from (
        unpivot (select coalesce(columns(*), '') from csv_labour) on columns(* exclude (Stichtag, Unterbezirk))
        into name source value cell
    )
),

official as (
    select
        items.item, items.unit, figures.file,
        case when length(time) = 4 then cast(time || '-12-31' as date) else any_day(time) end as reference_on,
        clean(value) as cell, coalesce(value_q, '') as flag
    from csv_official as figures
    inner join official_item as items
        on figures.value_variable_code = items.variable
        and figures.file = items.file
        and (items.second is null or coalesce("2_variable_attribute_code", '') = items.second)
        and coalesce("3_variable_attribute_code", '') = ''
    where "1_variable_code" = 'KREISE' and "1_variable_attribute_code" = '05913'
)

select
    portal_item.item as measure_id, area_level, area_level || '-' || area_code as area_id,
    cast(jahr as text) as period, cast(stichtag as date) as reference_on, cast(cell as decimal(24, 8)) as value,
    null::text as symbol, 'final' as status, portal_item.unit,
    'statistikportal' as _source, _table, null::text as _delivery, null::text as _row
from portal
inner join portal_item on portal.source = portal_item.source
union all
select
    labour_item.item, 'unterbezirk', 'unterbezirk-' || area_code, text_year(reference_on), reference_on,
    comma_number(cell), case when sign_status(cell) <> 'final' and cell <> '' then cell end, sign_status(cell), 'persons',
    'arbeitsagentur', 'arbeitsagentur__kleinraeumig', null, null
from labour
inner join labour_item on labour.source = labour_item.source
where reference_on is not null and (text_year(reference_on) >= since or cell <> '')
union all
select
    item, 'city', 'city-05913', text_year(reference_on), reference_on, comma_number(cell),
    case when sign_status(cell) <> 'final' and cell <> '' then cell when flag = '()' then '()' end,
    case
        when sign_status(cell) <> 'final' then sign_status(cell)
        when flag = 'p' then 'provisional' when flag = 'r' then 'revised' when flag in ('s', '()') then 'estimated'
        else 'final'
    end,
    unit, 'regionalstatistik',
    'regionalstatistik__' || case file
        when '12411' then 'bevoelkerung' when '13111' then 'beschaeftigte' when '52311' then 'gewerbe'
        when '31121' then 'bauen' when '21111' then 'abgaenge' else 'arbeitslose' end,
    null, null
from official;

-- sub-projects ---------------------------------------------------------------------------------------------------

create table landed.project as
select
    "Projekt-Nr." as project_id, clean("Titel des Teilprojekts") as project_name,
    case "Einordnung | Generation"
        when '1. Generation' then '1' when '2. Generation' then '2' when '3. Generation' then '3'
        when 'Runde 2016' then 'round_2016' when 'Runde 2017' then 'round_2017' when 'Runde 2019' then 'round_2019'
    end as generation_id,
    "Einordnung | Runde" as round_id,
    case "Einordnung | Projektfamilie"
        when 'Ökonomie' then 'economy' when 'Ökologie' then 'ecology' when 'Soziales' then 'social'
        when 'Zivilgesellschaft' then 'civil_society'
    end as family_id,
    "federführender Fachbereich" as lead_office, any_day(Ratsbeschluss) as adopted_on,
    'projektregister' as _source, 'projektregister__teilprojekte' as _table, null::text as _delivery, null::text as _row
from csv_projects;

create table landed.project_event as
select distinct
    "Projekt-Nr." as project_id,
    case Status
        when 'initiiert' then 'initiated' when 'in Qualifizierung' then 'qualifying' when 'geplant' then 'planned'
        when 'gestartet' then 'started' when 'umgesetzt' then 'done' when 'Themenspeicher' then 'idea_store'
        when 'zurückgestellt' then 'shelved' when 'zusammengelegt' then 'merged'
        when 'an Fachbereich übergeben' then 'handed_over'
    end as status,
    any_day(Datum) as status_on, "entschieden durch" as decided_by,
    'projektregister' as _source, 'projektregister__status' as _table, null::text as _delivery, null::text as _row
from csv_project_events;

create table landed.register_entry as
select distinct
    'project_field_of_action' as register_id, "Projekt-Nr." as entry_id,
    cross_item(source) as item_id, null::text as area_id, null::text as entry_name, null::date as valid_from,
    null::date as valid_to,
    'projektregister' as _source, 'projektregister__handlungsfelder' as _table, null::text as _delivery, null::text as _row
from (
    unpivot (select "Projekt-Nr.", columns('Handlungsfeld.*') from csv_projects) on columns('Handlungsfeld.*')
    into name source value mark
)
where clean(mark) in ('x', 'X', '✓')
union all
select distinct
    'project_area', "Projekt-Nr.", null, place_name.area_id, null, null, null,
    'projektregister', 'projektregister__gebiete', null, null
from (select "Projekt-Nr.", unnest(string_split(coalesce(Stadtbezirke, ''), ',')) as part from csv_projects) as parts
left join place_name on place_name.area_level = 'stadtbezirk' and place_name.name_key = name_key(part)
union all
select distinct
    'project_support', "Projekt-Nr.", cross_item(source), null, null, null, null,
    'projektregister', 'projektregister__unterstuetzung', null, null
from (
    unpivot (select "Projekt-Nr.", columns('Unterstützung.*') from csv_projects) on columns('Unterstützung.*')
    into name source value mark
)
where clean(mark) in ('x', 'X', '✓')
union all
select distinct
    register_of(Art), "Nr.", null, place_name.area_id, clean(Name), any_day("Laufzeit | von"), any_day("Laufzeit | bis"),
    'projektregister', 'projektregister__verzeichnis', null, null
from (select *, unnest(string_split(coalesce(Stadtbezirke, ''), ',')) as part from csv_directory) as parts
left join place_name on place_name.area_level = 'stadtbezirk' and place_name.name_key = name_key(part)
union all
select distinct
    register_of(Art), "Nr.", cross_item(source), null, null, null, null,
    'projektregister', 'projektregister__verzeichnis_handlungsfelder', null, null
from (
    unpivot (select "Nr.", Art, columns('Handlungsfeld.*') from csv_directory) on columns('Handlungsfeld.*')
    into name source value mark
)
where clean(mark) in ('x', 'X', '✓');

create table landed.assessment as
select
    "Vorschlag-Nr." as proposal_id, "Projekt-Nr." as project_id, Runde as round_id,
    case source
        when 'Kriterium erfüllt | neu/innovativ' then 'new' when 'Kriterium erfüllt | nachhaltig' then 'sustainable'
        when 'Kriterium erfüllt | konkret' then 'concrete' else 'useful'
    end as criterion_id,
    answer = 'ja' as is_met, "Empfehlung | empfohlen" = 'ja' as is_recommended, "Empfehlung | Begründung" as reason,
    "Empfehlung | entschieden durch" as decided_by,
    case "Empfehlung | entschieden durch"
        when 'Koordinierungsstelle nordwärts' then 'office_check'
        when 'Kuratorium' then 'recommendation' when 'Kuratoriumsvorstand' then 'recommendation'
        when 'Strategiekreis' then 'recommendation' when 'Bezirksvertretung' then 'district_councils'
        when 'Ausschuss' then 'committees' when 'Beirat' then 'committees' when 'Rat der Stadt Dortmund' then 'council'
    end as path_step_id,
    any_day("Empfehlung | Datum") as decided_on,
    'projektregister' as _source, 'projektregister__bewertung' as _table, null::text as _delivery, null::text as _row
from (unpivot csv_assessments on columns('Kriterium.*') into name source value answer);

-- participation --------------------------------------------------------------------------------------------------

create table landed.event as
select
    id as event_id, "taxonomies/format" as event_format, local_day(start_time) as event_on, place_name.area_id,
    try_cast(attendees as bigint) as participant_count, try_cast(contributions as bigint) as idea_count,
    'beteiligungsplattform' as _source, 'beteiligungsplattform__veranstaltungen' as _table, null::text as _delivery,
    null::text as _row
from csv_meetings
left join place_name
    on place_name.area_level = 'stadtbezirk' and place_name.name_key = name_key("taxonomies/stadtbezirk")
where local_day(start_time) is not null;

create table landed.contribution as
select
    id as contribution_id, 'idea' as contribution_kind, "taxonomies/round" as round_id,
    local_day(published_at) as submitted_on, state, place_name.area_id, null::text as project_id,
    'beteiligungsplattform' as _source, 'beteiligungsplattform__vorschlaege' as _table, null::text as _delivery,
    null::text as _row
from csv_proposals
left join place_name
    on place_name.area_level = 'stadtbezirk' and place_name.name_key = name_key("taxonomies/stadtbezirk")
union all
select
    id, 'result', "taxonomies/round", local_day(created_at), "status/key", place_name.area_id,
    nullif(regexp_extract(reference, '^DO-RESU-(NW-[0-9-]+)$', 1), ''),
    'beteiligungsplattform', 'beteiligungsplattform__ergebnisse', null, null
from csv_results
left join place_name
    on place_name.area_level = 'stadtbezirk' and place_name.name_key = name_key("taxonomies/stadtbezirk");

-- survey and volunteers ------------------------------------------------------------------------------------------

create table landed.survey_case as
select
    fall_nr as case_id, welle as period, 'unterbezirk-' || unterbezirk_nr as area_id,
    case source
        when 'f01_zukunft_dortmund' then 'city_outlook' when 'f02_zukunft_wohnviertel' then 'neighbourhood_outlook'
        when 'f03_note_dortmund' then 'city_grade' else 'neighbourhood_grade'
    end as item_id,
    case
        when code = '9' then 'no_answer'
        when source[:3] in ('f03', 'f04') then code
        when code = '1' then 'improve' when code = '2' then 'unchanged' when code = '3' then 'worsen'
    end as answer,
    comma_number(gewicht) as weight,
    'buergerbefragung' as _source, 'buergerbefragung__faelle' as _table, null::text as _delivery, null::text as _row
from (
    unpivot csv_survey on f01_zukunft_dortmund, f02_zukunft_wohnviertel, f03_note_dortmund, f04_note_wohnviertel
    into name source value code
);

create table landed.volunteer_count as
select distinct
    traeger_id as organisation_id, areas.area_id, text_year(any_day(stichtag)) as period,
    any_day(stichtag) as reference_on,
    case source
        when 'engagierte_aktiv' then 'active_persons' when 'davon_neu' then 'new_persons'
        when 'stunden_gemeldet' then 'reported_hours' else 'open_offers'
    end as counting_unit,
    case erhebungsart when 'gezählt' then 'counted' when 'geschätzt' then 'estimated' else 'projected' end as method,
    comma_number(cell) as value,
    case when sign_status(cell) <> 'final' and cell <> '' then cell end as symbol, sign_status(cell) as status,
    case source when 'stunden_gemeldet' then 'hours' when 'angebote_offen' then 'offers' else 'persons' end as unit,
    'ehrenamt' as _source, 'ehrenamt__meldungen' as _table, null::text as _delivery, null::text as _row
from (
    select * replace (clean(cell) as cell) from (
        unpivot (
            select stichtag, traeger_id, stadtbezirk_nr, erhebungsart, coalesce(engagierte_aktiv, '') as engagierte_aktiv,
                coalesce(davon_neu, '') as davon_neu, coalesce(stunden_gemeldet, '') as stunden_gemeldet,
                coalesce(angebote_offen, '') as angebote_offen
            from csv_volunteers
        ) on engagierte_aktiv, davon_neu, stunden_gemeldet, angebote_offen into name source value cell
    )
) as counts
inner join landed.programme__area as areas on areas.area_id = 'stadtbezirk-' || stadtbezirk_nr
where sign_status(cell) <> 'final' or comma_number(cell) is not null;
