-- Parts of every changed cell by cause, which sum to the change: Shapley's value (Shapley 1953), the mean over all orders in
-- which the causes can take effect. Asked by refresh/splitting.py on a database of its own, with the tables
-- cell (cell_id, mart, key, column_name, before, after, is_number), one row per changed cell, texts as DuckDB prints them;
-- state_value (state, cell_id, value), what the cell is when the causes whose bits are set in `state` have
-- taken effect, no row where it is not there; state (state); weight (cause, without_state, with_state, weight).
-- A cell that is a number in every state is split by its values. Any other is split by whether it is as after the change:
-- its parts are shares of the change, and of a number that share of its change.
with told as (
    select
        c.cell_id,
        s.state,
        v.value,
        c.after,
        c.is_number
    from cell as c
    cross join state as s
    left join state_value as v on s.state = v.state and c.cell_id = v.cell_id
),

numbers as (
    select
        cell_id,
        min(case when is_number and try_cast(value as double) is not null then 1 else 0 end) = 1 as is_number_throughout
    from told
    group by cell_id
),

worth as (
    select
        t.cell_id,
        t.state,
        case
            when n.is_number_throughout then try_cast(t.value as double)
            when t.value is not distinct from t.after then 1.0
            else 0.0
        end as worth
    from told as t
    inner join numbers as n on t.cell_id = n.cell_id
),

parts as (
    select
        a.cell_id,
        w.cause,
        sum(w.weight * (a.worth - b.worth)) as part
    from weight as w
    inner join worth as a on w.with_state = a.state
    inner join worth as b on w.without_state = b.state and a.cell_id = b.cell_id
    group by a.cell_id, w.cause
),

changes as (
    select
        c.cell_id,
        c.mart,
        c.key,
        c.column_name,
        c.before,
        c.after,
        n.is_number_throughout,
        case
            when c.is_number and c.before is not null and c.after is not null
                then try_cast(c.after as double) - try_cast(c.before as double)
        end as change
    from cell as c
    inner join numbers as n on c.cell_id = n.cell_id
)

select
    c.cell_id,
    c.mart,
    c.key,
    c.column_name,
    c.before,
    c.after,
    c.change,
    p.cause,
    case when c.is_number_throughout then p.part when c.change is not null then c.change * p.part end as part,
    case when not c.is_number_throughout then p.part when c.change <> 0 then p.part / c.change end as share
from parts as p
inner join changes as c on p.cell_id = c.cell_id
order by c.cell_id, p.cause
