{{ config(materialized='view') }}

-- what is placed in several parts of an area counts once in it; what is placed nowhere counts for the city alone
with expected as (
    select * from {{ ref('int_activity__expected') }}
),

-- where an item may be placed: in an area shown, or nowhere, which is the city
reached as (
    select area_id as place_id, area_id, period from expected
    union all
    select '' as place_id, area_id, period from expected where is_city
),

places as (
    select entry_id as project_id, area_id
    from {{ ref('stg_register_entry') }}
    where {{ own_name('register_id') }} = 'project_area' and area_id is not null
),

items as (
    select
        'project' as activity,
        lives.project_id as item_id,
        years.period,
        years.period_end_on as happened_on,
        places.area_id,
        lives.status,
        lives.is_in_stock,
        cast(null as bigint) as participant_count
    from (select distinct {{ programme_of('area_id') }} as programme, period, period_end_on from expected) as years
    inner join {{ ref('int_project__life') }} as lives
        on years.programme = {{ programme_of('lives.project_id') }}
        and years.period_end_on between lives.valid_from and {{ open_end('lives.valid_to') }}
    left join places on lives.project_id = places.project_id
    union all
    select
        'event' as activity,
        source_id || ':' || event_id as item_id,
        {{ t_text('extract(year from event_on)') }} as period,
        event_on as happened_on,
        area_id,
        {{ t_text('null') }} as status,
        true as is_in_stock,
        cast(participant_count as bigint) as participant_count
    from {{ ref('stg_event') }}
    union all
    select
        'idea' as activity,
        source_id || ':' || contribution_id as item_id,
        {{ t_text('extract(year from submitted_on)') }} as period,
        submitted_on as happened_on,
        area_id,
        {{ t_text('null') }} as status,
        true as is_in_stock,
        cast(null as bigint) as participant_count
    from {{ ref('stg_contribution') }}
    where contribution_kind = 'idea'
)

select distinct
    items.activity,
    items.item_id,
    items.period,
    reached.area_id,
    items.status,
    items.is_in_stock,
    items.participant_count
from items
left join {{ ref('int_area__closure') }} as closure
    on items.area_id = closure.area_id
    and items.happened_on between closure.valid_from and closure.valid_to
inner join reached
    on items.period = reached.period
    and coalesce(closure.ancestor_id, '') = reached.place_id
    and {{ same_programme('items.item_id', 'reached.area_id') }}
