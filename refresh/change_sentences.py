"""What two releases differ in, as sentences in German and English: one per indicator, per public sentence that turned, per table.

Read from the tables `cell`, `uncompared` and `part` (splitting.py). Figures are shown, none is computed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from refresh.changed_cells import ROW, Keys, parquet
from release.labels import label
from release.reason import Language

INDICATORS, CLAIMS = "fct_indicator_value", "fct_claim_verdict"
Rows = list[dict[str, Any]]
Texts = tuple[str, str]  # German and English
_LANGUAGES: tuple[Language, Language] = ("de", "en")


@dataclass(frozen=True)
class Told:
    """One sentence: what it is about (indicator, claim, table), its id, and the sentence in both languages."""

    subject: str
    id: str
    de: str
    en: str

    def text(self, language: Language) -> str:
        """The sentence in one language."""
        return self.de if language == "de" else self.en


def sentences(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Path], keys: Keys) -> tuple[Told, ...]:
    """Everything that was found; names are those of the marts after the change."""
    indicators = _indicators(connection, marts, keys.get(INDICATORS, ())) if INDICATORS in marts else ()
    claims = _claims(connection, marts, keys.get(CLAIMS, ())) if CLAIMS in marts else ()
    return (*indicators, *claims, *_tables(connection), *_uncompared(connection))


def parts_in_words(parts: Sequence[Mapping[str, Any]], language: Language) -> str:
    """Behind a change: its only cause, or every cause with its part."""
    there = [one for one in parts if one["part"] or (one["part"] is None and one["share"])]
    names = [label("change_cause", one["cause"])[_LANGUAGES.index(language)] for one in there]
    return (
        names[0]
        if len(there) == 1
        else "; ".join(f"{name} {_part(one, language)}" for name, one in zip(names, there, strict=True))
    )


def counted(count: int, german: Texts, english: Texts) -> Texts:
    """A count with its noun, one or many, in both languages."""
    place = 0 if count == 1 else 1
    return f"{count} {german[place]}", f"{count} {english[place]}"


def listed(parts: Iterable[Texts]) -> Texts:
    """Parts of a sentence, one after the other."""
    found = list(parts)
    return ", ".join(de for de, _ in found), ", ".join(en for _, en in found)


def _indicators(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Path], key: Sequence[str]) -> Iterator[Told]:
    named = f"indicator_id, name_de, name_en, unit from {parquet(marts['dim_indicator'])}"
    names = _by_id(connection, "indicator_id", named)
    areas = _by_id(connection, "area_id", f"area_id, area_name from {parquet(marts['dim_area'])}")
    indicator_id, period = (f"(key->>'$[{list(key).index(name)}]')" for name in ("indicator_id", "period"))
    counts = _rows(
        connection,
        f"""
        select {indicator_id} as indicator_id,
            count(*) filter (where column_name = '{ROW}' and before is null) as added,
            count(*) filter (where column_name = '{ROW}' and after is null) as removed,
            count(*) filter (where column_name = 'value') as changed,
            list_sort(list(distinct column_name) filter (where column_name not in ('{ROW}', 'value'))) as beside,
            list_sort(list(distinct {period}) filter (where column_name = '{ROW}' and before is null)) as periods
        from cell where mart = '{INDICATORS}' group by 1 order by 1
        """,
    )
    for one in counts:
        parts = _rows(
            connection,
            f"select * from part where mart = '{INDICATORS}' and {indicator_id} = $1 order by cell_id, cause",
            one["indicator_id"],
        )
        found = names.get(one["indicator_id"], {})
        what = listed(_counts(one))
        why = _most(parts, key, str(found.get("unit")), areas) or _causes(parts)
        de, en = (
            f"{found.get(f'name_{language}', one['indicator_id'])}: {what[place]}{why[place]}."
            for place, language in enumerate(_LANGUAGES)
        )
        yield Told("indicator", one["indicator_id"], de, en)


def _counts(one: Mapping[str, Any]) -> Iterator[Texts]:
    """How many values of an indicator came, went and changed."""
    if one["added"]:
        periods = one["periods"]
        when = ", ".join(periods) if len(periods) <= 3 else f"{periods[0]}–{periods[-1]}"
        de, en = counted(one["added"], ("neuer Wert", "neue Werte"), ("new value", "new values"))
        yield f"{de} ({when})", f"{en} ({when})"
    if one["removed"]:
        yield counted(one["removed"], ("Wert entfiel", "Werte entfielen"), ("value gone", "values gone"))
    if one["changed"]:
        yield counted(one["changed"], ("geänderter Wert", "geänderte Werte"), ("changed value", "changed values"))
    elif one["beside"]:
        columns = ", ".join(one["beside"])
        yield f"kein Wert geändert, aber {columns}", f"no value changed, but {columns}"


def _most(parts: Rows, key: Sequence[str], unit: str, areas: Mapping[str, Mapping[str, Any]]) -> Texts | None:
    """Where the value changed most: an area, or a part of the city in a variant; from what to what, and why."""
    changed = [row for row in parts if row["column_name"] == "value" and row["change"]]
    if not changed:
        return None
    cell_id = max(changed, key=lambda row: abs(row["change"]))["cell_id"]
    own = [row for row in changed if row["cell_id"] == cell_id]
    at, units = dict(zip(key, json.loads(own[0]["key"]), strict=True)), label("unit", unit)
    found = []
    for place, language in enumerate(_LANGUAGES):
        part_of_city = f"{label('role', str(at['role']))[place]} ({at['variant_id']})"
        where = areas.get(at["area_id"], {}).get("area_name") or at["area_id"] or part_of_city
        change = f"{_figure(own[0]['before'], language)} → {_figure(own[0]['after'], language)} {units[place]}"
        most = ("am stärksten", "most")[place]
        found.append(f"; {most} {where} {at['period']}: {change} ({parts_in_words(own, language)})")
    return found[0], found[1]


def _causes(parts: Rows) -> Texts:
    """All causes of what changed, where no number became another."""
    there = dict.fromkeys(row["cause"] for row in parts if row["share"])
    de, en = listed(label("change_cause", cause) for cause in there)
    return (f" ({de})", f" ({en})") if there else ("", "")


def _claims(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Path], key: Sequence[str]) -> Iterator[Told]:
    wordings = _by_id(connection, "claim_id", f"claim_id, wording_de, wording_en from {parquet(marts[CLAIMS])}")
    rows = _rows(
        connection,
        f"select * from part where mart = '{CLAIMS}' and column_name = 'verdict' order by cell_id, cause",
    )
    turned: dict[str, Rows] = {}
    for row in rows:
        turned.setdefault(row["key"], []).append(row)
    for told, parts in turned.items():
        at = dict(zip(key, json.loads(told), strict=True))
        claim_id, evaluation = at["claim_id"], at["evaluation"]
        if evaluation == "history":
            continue
        named = wordings.get(claim_id, {})
        de, en = (
            " → ".join(label("verdict", str(parts[0][side]))[place] for side in ("before", "after"))
            + f" ({parts_in_words(parts, language)})."
            for place, language in enumerate(_LANGUAGES)
        )
        when = label("evaluation", evaluation)
        yield Told(
            "claim",
            claim_id,
            f"„{named.get('wording_de', claim_id)}“ ({when[0]}): {de}",
            f"'{named.get('wording_en', claim_id)}' ({when[1]}): {en}",
        )


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[Told]:
    rows = _rows(
        connection,
        f"""
        select mart, count(*) filter (where column_name = '{ROW}' and before is null) as added,
            count(*) filter (where column_name = '{ROW}' and after is null) as removed,
            count(*) filter (where column_name <> '{ROW}') as changed
        from cell group by 1 order by 1
        """,
    )
    for row in rows:
        parts = [
            (row["added"], ("neue Zeile", "neue Zeilen"), ("new row", "new rows")),
            (row["removed"], ("entfallene Zeile", "entfallene Zeilen"), ("row gone", "rows gone")),
            (row["changed"], ("geänderte Zelle", "geänderte Zellen"), ("changed cell", "changed cells")),
        ]
        de, en = listed(counted(count, german, english) for count, german, english in parts if count)
        yield Told("table", row["mart"], f"{row['mart']}: {de}.", f"{row['mart']}: {en}.")


def _uncompared(connection: duckdb.DuckDBPyConnection) -> Iterator[Told]:
    """What has no counterpart on the other side."""
    for row in _rows(connection, "select * from uncompared order by all"):
        mart, columns = row["mart"], ", ".join(row["columns"])
        de, en = {
            "mart_new": ("neue Tabelle", "new table"),
            "mart_gone": ("Tabelle entfallen", "table gone"),
            "column_new": (f"neue Spalten: {columns}", f"new columns: {columns}"),
            "column_gone": (f"entfallene Spalten: {columns}", f"columns gone: {columns}"),
            "other_key": ("Zeilen nicht vergleichbar, anderer Schlüssel", "rows cannot be compared, another key"),
        }[row["what"]]
        yield Told("table", mart, f"{mart}: {de}.", f"{mart}: {en}.")


def _part(one: Mapping[str, Any], language: Language) -> str:
    """The part of one cause, with its sign; of what is no number its share."""
    if one["part"] is None:
        return f"{_figure(100 * one['share'], language)} %"
    return ("+" if one["part"] > 0 else "") + _figure(one["part"], language)


def _figure(value: float | str, language: Language) -> str:
    """A figure with at most four digits behind the point."""
    text = f"{float(value):,.4f}".rstrip("0").rstrip(".").replace("-", "−")
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text


def _by_id(connection: duckdb.DuckDBPyConnection, name: str, chosen: str) -> dict[str, dict[str, Any]]:
    return {row[name]: row for row in _rows(connection, f"select distinct {chosen} order by all")}


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, *values: str) -> Rows:
    found = connection.execute(sql, list(values) or None)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
