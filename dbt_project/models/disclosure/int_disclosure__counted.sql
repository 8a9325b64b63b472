with protected as (
    select distinct table_id from {{ ref('int_disclosure__stated') }}
),

base_areas as (
    select
        {{ table_of_indicator('figures') }} as table_id,
        figures.area_id as piece_id,
        figures.numerator as people,
        figures.denominator as at_most
    from {{ ref('fct_indicator_value') }} as figures
    inner join {{ ref('dim_indicator') }} as indicators
        on figures.indicator_id = indicators.indicator_id
        and figures.definition_version = indicators.definition_version
    inner join {{ ref('dim_area') }} as areas
        on figures.area_id = areas.area_id
        and indicators.base_level = areas.area_level
    where figures.numerator is not null and figures.denominator is not null
),

districts as (
    select
        {{ table_of_volunteers('figures') }} as table_id,
        figures.area_id as piece_id,
        figures.value as people,
        cast(null as decimal(28, 8)) as at_most
    from {{ ref('fct_volunteering') }} as figures
    inner join {{ ref('dim_area') }} as areas on figures.area_id = areas.area_id
    where areas.level_rank > 0 and figures.value is not null
),

events as (
    select
        {{ table_of_participants('period', 'events.event_id') }} as table_id,
        {{ event_piece('events') }} as piece_id,
        cast(participant_count as decimal(28, 8)) as people,
        cast(null as decimal(28, 8)) as at_most
    from {{ ref('fct_participation_event') }} as events
    where participant_count is not null
)

select
    pieces.table_id,
    pieces.piece_id,
    cast(round(pieces.people, 0) as bigint) as people_count,
    cast(round(pieces.at_most, 0) as bigint) as at_most_count
from (
    select * from base_areas
    union all
    select * from districts
    union all
    select * from events
) as pieces
inner join protected on pieces.table_id = protected.table_id
