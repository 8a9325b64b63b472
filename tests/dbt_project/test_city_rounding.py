"""What a mart prints it can be held to: doubles are rounded to six digits, parts that must sum to their whole to more."""

from typing import Any

import duckdb

# digits by which parts and whole still agree; see rnd() in macros/dialect.sql
SUMMED = {
    ("fct_area_class_component", "mean_value"),
    ("fct_area_class_component", "standard_deviation"),
    ("fct_change_decomposition", "change"),
    ("fct_change_decomposition", "effect"),
    ("fct_harmonisation", "theil"),
    ("fct_harmonisation", "theil_between"),
    ("fct_harmonisation", "theil_within"),
}


def test_doubles_of_marts_have_six_digits_at_most(built: Any) -> None:
    doubles = built.rows(
        "select table_name, column_name from duckdb_columns() where data_type = 'DOUBLE' "
        "and schema_name = 'main' and regexp_matches(table_name, '^(fct|dim|bridge)_')"
    )
    longer, filled = set(), set()
    with duckdb.connect(str(built.database), read_only=True) as connection:
        for table, column in doubles:
            found = connection.execute(f"select count({column}), count_if({column} <> round({column}, 6)) from {table}")
            values, longer_values = found.fetchall()[0]
            filled |= {(table, column)} if values else set()
            longer |= {(table, column)} if longer_values else set()
    assert len(filled) > 50
    assert longer == SUMMED & filled
