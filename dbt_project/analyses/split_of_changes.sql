-- Parts of every changed cell by cause, which sum to the change: Shapley's value (Shapley 1953), the mean over all orders in
-- which the causes can take effect. Asked by refresh/splitting.py on a database of its own, with the tables
-- cell (mart, key, column_name, before, after, is_number), one row per changed cell, texts as DuckDB prints them;
-- state_value (state, mart, key, column_name, value), what the cell is when the causes whose bits are set in `state` have
-- taken effect, no row where it is not there; state (state); weight (cause, without_state, with_state, weight).
-- A cell that is a number in every state is split by its values. Any other is split by whether it is as after the change:
-- its parts are shares of the change, and of a number that share of its change.
with told as (
    select
        c.mart,
        c.key,
        c.column_name,
        c.before,
        c.after,
        c.is_number,
        s.state,
        v.value
    from cell as c
    cross join state as s
    left join state_value as v
        on
            s.state = v.state
            and c.mart = v.mart
            and c.key = v.key
            and c.column_name = v.column_name
),

numbers as (
    select
        mart,
        key,
        column_name,
        case when max(case when is_number then 1 else 0 end) = 1 and count(value) = count(*) then true else false end
            as is_number_throughout
    from told
    group by mart, key, column_name
),

worth as (
    select
        t.mart,
        t.key,
        t.column_name,
        t.before,
        t.after,
        t.state,
        n.is_number_throughout,
        case
            when t.is_number and t.before is not null and t.after is not null
                then cast(t.after as double) - cast(t.before as double)
        end as change,
        case
            when n.is_number_throughout then cast(t.value as double)
            when t.value is not distinct from t.after then 1.0
            else 0.0
        end as worth
    from told as t
    inner join numbers as n
        on t.mart = n.mart and t.key = n.key and t.column_name = n.column_name
),

parts as (
    select
        a.mart,
        a.key,
        a.column_name,
        a.before,
        a.after,
        a.change,
        a.is_number_throughout,
        w.cause,
        sum(w.weight * (a.worth - b.worth)) as part
    from weight as w
    inner join worth as a on w.with_state = a.state
    inner join worth as b
        on
            w.without_state = b.state
            and a.mart = b.mart
            and a.key = b.key
            and a.column_name = b.column_name
    group by a.mart, a.key, a.column_name, a.before, a.after, a.change, a.is_number_throughout, w.cause
)

select
    mart,
    key,
    column_name,
    before,
    after,
    change,
    cause,
    case when is_number_throughout then part when change is not null then change * part end as part,
    case when not is_number_throughout then part when change <> 0 then part / change end as share
from parts
order by mart, key, column_name, cause
