"""Which columns a column is made of: named where sqlglot can tell, named as unknown where it cannot, never left out."""

import pytest

from refresh.column_lineage import Resolved, resolved

READS = {("main", "a"): ["x", "y", "l"], ("landed", "b"): ["x", "z"]}
AX, AY, AL, BZ = ("main", "a", "x"), ("main", "a", "y"), ("main", "a", "l"), ("landed", "b", "z")


def told(sql: str, *own: str) -> Resolved:
    return resolved(sql, READS, own)


def test_a_column_computed_from_two_columns_names_both_and_nothing_else() -> None:
    found = told('select x / y as ratio, y from "m"."main"."a" where l is not null order by x', "ratio", "y")
    assert found == Resolved({"ratio": (AX, AY), "y": (AY,)})


@pytest.mark.parametrize(
    ("sql", "sources"),
    [
        ("with s as (select x as one, y from main.a) select one as v from s", (AX,)),
        ("select v from (select x as v from main.a union all select z from landed.b)", (BZ, AX)),
        ("select (select max(z) from landed.b where b.x = a.x) as v from main.a", (BZ,)),
        ("select sum(x) filter (where y > 1) as v from main.a", (AX, AY)),
        ("select row_number() over (partition by x order by y) as v from main.a", (AX, AY)),
        ("select u.v as v from main.a, unnest(l) as u(v)", (AL,)),
        ("select * exclude (x, y) rename (l as v) from main.a", (AL,)),
        ("select count(*) as v from main.a", ()),
        ("select r.v as v from range(3) as r(v)", ()),
    ],
)
def test_through_the_parts_of_a_query_to_the_tables_it_reads(
    sql: str, sources: tuple[tuple[str, str, str], ...]
) -> None:
    assert told(sql, "v") == Resolved({"v": sources})


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select from from", "ParseError"),
        ("select nope as v from main.a", "reads a.nope, which is not known"),
        ("select q as v from main.elsewhere", "reads elsewhere.q, which is not known"),
        ("select * from (pivot landed.b on x using sum(z))", "not among the columns sqlglot sees"),
        (
            "with recursive r as (select x as p, y as v from main.a union all select p, p from r) select v from r",
            "rests on something sqlglot does not follow",
        ),
    ],
)
def test_what_cannot_be_told_is_named_with_the_reason(sql: str, reason: str) -> None:
    assert told(sql, "v") == Resolved(unresolved={"v": reason})


def test_a_column_that_cannot_be_told_takes_no_other_with_it() -> None:
    found = told("select nope as v, x as w from main.a", "v", "w", "u")
    assert found.columns == {"w": (AX,)}
    assert found.unresolved.keys() == {"v", "u"}
