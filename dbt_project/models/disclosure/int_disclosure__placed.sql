with cells as (
    select distinct table_id, cell_id, mart, period from {{ ref('int_disclosure__stated') }}
),

pieces as (
    select table_id, piece_id from {{ ref('int_disclosure__counted') }}
),

areas as (
    select cells.table_id, cells.cell_id, membership.area_id as piece_id
    from cells
    inner join {{ ref('int_area__membership') }} as membership
        on cells.cell_id = membership.reference_area_id
        and {{ period_end('cells.period') }} between membership.valid_from and membership.valid_to
    where cells.mart in ('fct_indicator_value', 'fct_volunteering')
),

event_years as (
    select cells.table_id, cells.cell_id, placed.item_id as piece_id
    from cells
    inner join {{ ref('int_activity__placed') }} as placed
        on cells.cell_id = placed.area_id
        and cells.period = placed.period
        and placed.activity = 'event'
    where cells.mart = 'fct_programme_intensity'
    union all
    select table_id, cell_id, cell_id as piece_id
    from cells
    where mart = 'fct_participation_event'
)

select placed.table_id, placed.cell_id, placed.piece_id
from (
    select * from areas
    union all
    select * from event_years
) as placed
inner join pieces
    on placed.table_id = pieces.table_id
    and placed.piece_id = pieces.piece_id
