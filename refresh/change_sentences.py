"""What two releases differ in, as sentences in German and English: one per indicator, per public sentence that turned, per table.

Read from the tables `cell` and `part` (splitting.py). Figures are shown, none is computed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from refresh.changed_cells import ROW
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


def sentences(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Path]) -> tuple[Told, ...]:
    """Everything that was found; names are those of the marts after the change."""
    return (*_indicators(connection, marts), *_claims(connection, marts), *_tables(connection))


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


def _indicators(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Path]) -> Iterator[Told]:
    if INDICATORS not in marts:
        return
    names = _by_id(
        connection, "indicator_id", f"indicator_id, name_de, name_en, unit from {_parquet(marts['dim_indicator'])}"
    )
    areas = _by_id(connection, "area_id", f"area_id, area_name from {_parquet(marts['dim_area'])}")
    counts = _rows(
        connection,
        f"""
        select (key->>'$[0]') as indicator_id,
            count(*) filter (where column_name = '{ROW}' and before is null) as added,
            count(*) filter (where column_name = '{ROW}' and after is null) as removed,
            count(*) filter (where column_name = 'value') as changed,
            count(distinct case when column_name not in ('{ROW}', 'value') then key end) as beside,
            list_sort(list(distinct (key->>'$[7]')) filter (where column_name = '{ROW}' and before is null)) as periods
        from cell where mart = '{INDICATORS}' group by 1 order by 1
        """,
    )
    for one in counts:
        named = names.get(one["indicator_id"], {})
        what = listed(_counts(one))
        most = _most(_largest(connection, one["indicator_id"]), str(named.get("unit")), areas)
        yield Told(
            "indicator",
            one["indicator_id"],
            *(
                f"{named.get(f'name_{language}', one['indicator_id'])}: {what[place]}{most[place]}."
                for place, language in enumerate(_LANGUAGES)
            ),
        )


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
        de, en = counted(one["beside"], ("Zeile", "Zeilen"), ("row", "rows"))
        yield f"in {de} nur Begleitangaben geändert (Grenzen, Status)", f"in {en} only limits or status changed"


def _largest(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> Rows:
    """The parts of the value of an indicator that changed most; none where no number became another."""
    return _rows(
        connection,
        f"""
        with largest as (
            select key, max(abs(change)) as size from part
            where mart = '{INDICATORS}' and column_name = 'value' and change is not null and (key->>'$[0]') = $1
            group by 1 order by 2 desc, 1 limit 1
        )
        select p.* from part as p semi join largest as l on p.key = l.key
        where p.mart = '{INDICATORS}' and p.column_name = 'value' order by p.cause
        """,
        indicator_id,
    )


def _most(parts: Rows, unit: str, areas: Mapping[str, Mapping[str, Any]]) -> Texts:
    """Where an indicator changed most: an area, or a part of the city in a variant; from what to what, and why."""
    if not parts:
        return "", ""
    cell, units = parts[0], label("unit", unit)
    _, _, _, area_id, variant_id, role, _, period = json.loads(cell["key"])
    found = []
    for place, language in enumerate(_LANGUAGES):
        where = areas.get(area_id, {}).get("area_name", area_id) or f"{label('role', role)[place]} ({variant_id})"
        change = f"{_figure(cell['before'], language)} → {_figure(cell['after'], language)} {units[place]}"
        most = ("am stärksten", "most")[place]
        found.append(f"; {most} {where} {period}: {change} ({parts_in_words(parts, language)})")
    return found[0], found[1]


def _claims(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Path]) -> Iterator[Told]:
    if CLAIMS not in marts:
        return
    wordings = _by_id(connection, "claim_id", f"claim_id, wording_de, wording_en from {_parquet(marts[CLAIMS])}")
    rows = _rows(
        connection,
        f"select * from part where mart = '{CLAIMS}' and column_name = 'verdict' and (key->>'$[1]') <> 'history'"
        " order by key, cause",
    )
    turned: dict[str, Rows] = {}
    for row in rows:
        turned.setdefault(row["key"], []).append(row)
    for key, parts in turned.items():
        claim_id, evaluation, _ = json.loads(key)
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


def _parquet(path: Path) -> str:
    name = str(path).replace("'", "''")
    return f"read_parquet('{name}')"
