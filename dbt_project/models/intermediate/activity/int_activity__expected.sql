{{ config(materialized='view') }}

-- the areas activity is shown for, year by year: the level it is placed at, and the city
with areas as (
    select
        areas.area_id,
        areas.area_level,
        levels.level_rank = 0 as is_city,
        areas.valid_from,
        {{ open_end('areas.valid_to') }} as valid_to
    from {{ ref('stg_programme_area') }} as areas
    inner join {{ ref('stg_programme_level') }} as levels on areas.area_level = levels.area_level
    inner join {{ ref('stg_programme_programme') }} as programmes on {{ programme_of('areas.area_id') }} = programmes.programme
    where levels.level_rank = 0 or areas.area_level = programmes.activity_level
),

activity_years as (
    select {{ programme_of('event_id') }} as programme, {{ t_text('extract(year from event_on)') }} as period from {{ ref('stg_event') }}
    union
    select {{ programme_of('contribution_id') }} as programme, {{ t_text('extract(year from submitted_on)') }} as period
    from {{ ref('stg_contribution') }}
    union
    select {{ programme_of('project_id') }} as programme, {{ t_text('extract(year from status_on)') }} as period
    from {{ ref('stg_project_event') }}
    union
    select {{ programme_of('project_id') }} as programme, {{ t_text('extract(year from adopted_on)') }} as period from {{ ref('stg_project') }}
    union
    select {{ programme_of('reference_area_id') }} as programme, period from {{ ref('int_population__summed') }}
),

years as (
    select activity_years.programme, activity_years.period, {{ period_end('activity_years.period') }} as period_end_on
    from activity_years
    inner join {{ ref('stg_programme_programme') }} as programmes on activity_years.programme = programmes.programme
    where
        activity_years.period >= {{ t_text('extract(year from programmes.starts_on)') }}
        and activity_years.period <= {{ t_text('extract(year from programmes.ends_on)') }}
)

select areas.area_id, areas.area_level, areas.is_city, years.period, years.period_end_on
from areas
inner join years
    on {{ programme_of('areas.area_id') }} = years.programme
    and years.period_end_on between areas.valid_from and areas.valid_to
