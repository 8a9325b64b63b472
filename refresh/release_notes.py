"""What a release changes against the one readers saw before, in sentences, German and English: its release notes.

One sentence per indicator whose values changed, per public sentence whose verdict turned, per table; told from what
splitting.py found. In a release they lie as `release_notes.json`, for commands, and `release_notes.md`, for people.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from refresh.changed_cells import ROW
from refresh.splitting import Side, Split
from release.labels import label
from release.reading import NOTES
from release.reason import Language

PAGE = "release_notes.md"
INDICATORS, CLAIMS = "fct_indicator_value", "fct_claim_verdict"
Rows = list[dict[str, Any]]
_LANGUAGES: tuple[Language, Language] = ("de", "en")


@dataclass(frozen=True)
class Told:
    """One sentence: what it is about (indicator, claim, table), its id, and the sentence in both languages."""

    subject: str
    id: str
    de: str
    en: str


@dataclass(frozen=True)
class Notes:
    """The difference of two releases in sentences; `causes` are those there are, `is_split` whether parts were told apart."""

    before: str
    after: str
    causes: tuple[str, ...]
    is_split: bool
    told: tuple[Told, ...]

    def head(self, language: Language) -> str:
        """What was compared, what changed at all, and for which causes."""
        counts = {
            subject: sum(one.subject == subject for one in self.told) for subject in ("indicator", "claim", "table")
        }
        causes = _listed(label("change_cause", cause)[language == "en"] for cause in self.causes)
        if language == "de":
            what = f"{_many(counts['indicator'], 'Indikator', 'Indikatoren')}, {_many(counts['claim'], 'Aussage', 'Aussagen')} mit anderem Urteil, {_many(counts['table'], 'Tabelle', 'Tabellen')}"
            why = f" Ursachen: {causes}" + ("." if self.is_split else ", nicht einzeln aufgeteilt.") if causes else ""
            return (
                f"Gegenüber {self.before} geändert: {what}.{why}"
                if self.told
                else f"Gegenüber {self.before} ist nichts geändert."
            )
        what = f"{_many(counts['indicator'], 'indicator', 'indicators')}, {_many(counts['claim'], 'sentence', 'sentences')} with another verdict, {_many(counts['table'], 'table', 'tables')}"
        why = f" Causes: {causes}" + ("." if self.is_split else ", not split.") if causes else ""
        return (
            f"Changed against {self.before}: {what}.{why}" if self.told else f"Nothing changed against {self.before}."
        )

    def files(self) -> dict[str, bytes]:
        """The files of a release."""
        body = {**asdict(self), "summary": {"de": self.head("de"), "en": self.head("en")}}
        told = json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        return {NOTES: told.encode(), PAGE: self._page().encode()}

    def _page(self) -> str:
        parts = []
        for language, title in (("de", "Was dieser Stand ändert"), ("en", "What this release changes")):
            sentences = "\n".join(f"- {one.de if language == 'de' else one.en}" for one in self.told)
            parts.append(f"# {title}: {self.after}\n\n{self.head(language)}\n\n{sentences}\n")  # type: ignore[arg-type]
        return "\n".join(parts)


def notes_of(connection: duckdb.DuckDBPyConnection, before_id: str, after_id: str, after: Side, split: Split) -> Notes:
    """The sentences of what was found between two releases."""
    told = (*_indicators(connection, after.marts), *_claims(connection, after.marts), *_tables(connection))
    is_split = not split.together and split.causes != ("joint",)
    causes = split.together or tuple(cause for cause in split.causes if cause != "joint")
    return Notes(before_id, after_id, causes, is_split, told)


def parts_in_words(parts: Sequence[Mapping[str, Any]], language: Language) -> str:
    """Behind a change: its only cause, or every cause with its part."""
    there = [one for one in parts if one["part"] or (one["part"] is None and one["share"])]
    if len(there) == 1:
        return label("change_cause", there[0]["cause"])[language == "en"]
    return "; ".join(
        f"{label('change_cause', one['cause'])[language == 'en']} "
        + (signed(one["part"], language) if one["part"] is not None else f"{figure(100 * one['share'], language)} %")
        for one in there
    )


def figure(value: float | str, language: Language) -> str:
    """A figure with at most four digits behind the point."""
    text = f"{float(value):,.4f}".rstrip("0").rstrip(".").replace("-", "−")
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text


def signed(value: float, language: Language) -> str:
    """A change with its sign."""
    return figure(value, language) if value < 0 else f"+{figure(value, language)}"


def _indicators(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Path]) -> Iterable[Told]:
    if INDICATORS not in marts:
        return
    names = {
        row["indicator_id"]: row
        for row in _rows(
            connection, f"select distinct indicator_id, name_de, name_en, unit from {_parquet(marts['dim_indicator'])}"
        )
    }
    areas = {
        row["area_id"]: row["area_name"]
        for row in _rows(
            connection, f"select area_id, min(area_name) as area_name from {_parquet(marts['dim_area'])} group by 1"
        )
    }
    counted = _rows(
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
    for one in counted:
        [largest] = _largest(connection, one["indicator_id"]) or [[]]
        name = names.get(
            one["indicator_id"], {"name_de": one["indicator_id"], "name_en": one["indicator_id"], "unit": ""}
        )
        yield Told(
            "indicator",
            one["indicator_id"],
            *(_indicator(one, largest, name, areas, language) for language in _LANGUAGES),
        )


def _largest(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> list[Rows]:
    """The parts of the value that changed most."""
    rows = _rows(
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
    return [rows] if rows else []


def _indicator(
    one: Mapping[str, Any], largest: Rows, name: Mapping[str, str], areas: Mapping[str, str], language: Language
) -> str:
    is_german = language == "de"
    parts = []
    if one["added"]:
        periods = _listed(one["periods"]) if len(one["periods"]) <= 3 else f"{one['periods'][0]}–{one['periods'][-1]}"
        parts.append(
            f"{_many(one['added'], 'neuer Wert', 'neue Werte') if is_german else _many(one['added'], 'new value', 'new values')} ({periods})"
        )
    if one["removed"]:
        parts.append(
            _many(one["removed"], "Wert entfiel", "Werte entfielen")
            if is_german
            else _many(one["removed"], "value gone", "values gone")
        )
    if one["changed"]:
        parts.append(
            _many(one["changed"], "geänderter Wert", "geänderte Werte")
            if is_german
            else _many(one["changed"], "changed value", "changed values")
        )
    elif one["beside"]:
        rows = _many(one["beside"], "Zeile", "Zeilen") if is_german else _many(one["beside"], "row", "rows")
        parts.append(
            f"in {rows} nur Begleitangaben geändert (Grenzen, Status, Lieferung)"
            if is_german
            else f"in {rows} only what stands beside the value changed (limits, status, delivery)"
        )
    text = f"{name['name_de' if is_german else 'name_en']}: {_listed(parts)}"
    if largest:
        cell, unit = largest[0], label("unit", name["unit"])[not is_german]
        change = f"{figure(cell['before'], language)} → {figure(cell['after'], language)} {unit}"
        most = "am stärksten" if is_german else "most"
        text += f"; {most} {_place(json.loads(cell['key']), areas, language)}: {change} ({parts_in_words(largest, language)})"
    return f"{text}."


def _place(key: Sequence[str], areas: Mapping[str, str], language: Language) -> str:
    """Where and when a value is: an area, or a part of the city in a variant."""
    _, _, _, area_id, variant_id, role, _, period = key
    where = areas.get(area_id, area_id) if area_id else f"{label('role', role)[language == 'en']} ({variant_id})"
    return f"{where} {period}"


def _claims(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Path]) -> Iterable[Told]:
    if CLAIMS not in marts:
        return
    wordings = {
        row["claim_id"]: row
        for row in _rows(connection, f"select distinct claim_id, wording_de, wording_en from {_parquet(marts[CLAIMS])}")
    }
    turned: dict[tuple[str, str], Rows] = {}
    for row in _rows(
        connection,
        f"select * from part where mart = '{CLAIMS}' and column_name = 'verdict' and (key->>'$[1]') <> 'history' order by key, cause",
    ):
        claim_id, evaluation, _ = json.loads(row["key"])
        turned.setdefault((claim_id, evaluation), []).append(row)
    for (claim_id, evaluation), parts in turned.items():
        yield Told(
            "claim",
            claim_id,
            *(_claim(wordings.get(claim_id), claim_id, evaluation, parts, language) for language in _LANGUAGES),
        )


def _claim(wording: Mapping[str, str] | None, claim_id: str, evaluation: str, parts: Rows, language: Language) -> str:
    place = language == "en"
    said = (wording or {}).get(f"wording_{language}") or claim_id
    verdicts = " → ".join(label("verdict", str(parts[0][side]))[place] for side in ("before", "after"))
    quoted = f"„{said}“" if language == "de" else f"'{said}'"
    return f"{quoted} ({label('evaluation', evaluation)[place]}): {verdicts} ({parts_in_words(parts, language)})."


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterable[Told]:
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
        counts = [(row["added"], "neue", "new"), (row["removed"], "entfallene", "gone")]
        de = [f"{many} {word} {'Zeile' if many == 1 else 'Zeilen'}" for many, word, _ in counts if many]
        en = [f"{many} {word} {'row' if many == 1 else 'rows'}" for many, _, word in counts if many]
        if row["changed"]:
            de.append(_many(row["changed"], "geänderte Zelle", "geänderte Zellen"))
            en.append(_many(row["changed"], "changed cell", "changed cells"))
        yield Told("table", row["mart"], f"{row['mart']}: {_listed(de)}.", f"{row['mart']}: {_listed(en)}.")


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, *values: str) -> Rows:
    found = connection.execute(sql, list(values) or None)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _parquet(path: Path) -> str:
    name = str(path).replace("'", "''")
    return f"read_parquet('{name}')"


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
