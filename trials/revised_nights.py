"""A year of nights on which figures are revised: does the public edition, with all earlier ones, ever give a count away?

Every night some counts of people in the landed tables move by up to four people, drawn at random: unemployed and recipients by
Unterbezirk, volunteers by organisation, people present at events. Once all figures of another year come, once an office corrects a
figure. Each night dbt builds all models, the public edition is exported with what earlier ones told, and the attacker takes it, all
earlier ones and what is assumed to be known.

Part of `make trial-disclosure`; its section of docs/trials.md is written there.
"""

import itertools
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from programmes.loading import load_programme
from programmes.model import Programme
from refresh.attacking import attack_checks
from refresh.modelling import DbtWorkspace, build_untested, prepared_manifest
from refresh.outcomes import RefreshRefused
from refresh.public_forms import BESIDE, export_public
from release.atomic import sha256_of
from release.gate import PUBLIC

HEADING = "## A year of revised figures in public (`make trial-disclosure`)"
NIGHTS, SEED, MOST_SHARE = 12, 20150324, 0.25
MOVES = (-4, -3, -2, -1, 1, 2, 3, 4)  # people
SMALL_AREAS = "area_figure/arbeitsagentur__kleinraeumig.parquet"
# Landed table, column that counts people, how many of its rows move a night, and which may.
REVISED: tuple[tuple[str, str, int, Callable[["Row"], bool]], ...] = (
    (SMALL_AREAS, "value", 60, lambda row: row["measure_id"] != "employed_at_residence"),
    ("volunteer_count/ehrenamt__meldungen.parquet", "value", 30, lambda row: row["unit"] == "persons"),
    ("event/beteiligungsplattform__veranstaltungen.parquet", "participant_count", 10, lambda _row: True),
)
_CORRECTIONS = "programme__correction/programme__correction.parquet"
_CORRECTED = "korrigiert"
Row = dict[str, Any]


@dataclass(frozen=True)
class Night:
    """What came of one night: figures moved, cells hidden, what the attacker found, and seconds of processor."""

    moved: int
    hidden: int
    findings: int
    build: float
    export: float
    attack: float
    is_refused: bool = False

    @property
    def share(self) -> float:
        """What the attack takes, as a share of the build, which is less than the night."""
        return self.attack / self.build


def revise(landed: Path, number: int, nights: int) -> int:
    """Revise landed tables for the night of that number, the same for the same number; how many rows changed or came.

    After a third of the nights another year comes, after two thirds a correction.
    """
    chance, moved = random.Random(SEED + number), 0
    for name, column, count, may_move in REVISED:
        rows = _rows(landed / name)
        movable = [row for row in rows if row[column] is not None and may_move(row)]
        for row in chance.sample(movable, min(count, len(movable))):
            row[column] = max(row[column] * 0, row[column] + chance.choice(MOVES))
            moved += 1
        _write(landed / name, rows)
    if number == 1 + nights // 3:
        moved += sum(_next_year(path) for path in sorted((landed / "area_figure").glob("*__*.parquet")))
    if number == 1 + 2 * nights // 3:
        moved += _correct(landed, chance)
    return moved


def _next_year(path: Path) -> int:
    """Let the figures of the newest year come again as those of the next."""
    rows = _rows(path)
    years = [row["period"] for row in rows if row["period"].isdigit()]
    came = [row for row in rows if row["period"] == max(years, default=None)]
    for row in came:
        later = row["reference_on"].replace(year=row["reference_on"].year + 1)
        rows.append({**row, "period": str(int(row["period"]) + 1), "reference_on": later})
    _write(path, rows)
    return len(came)


def _correct(landed: Path, chance: random.Random) -> int:
    row = chance.choice([row for row in _rows(landed / SMALL_AREAS) if row["measure_id"] == "unemployed"])
    texts = {"reason_de": "vertippt", "reason_en": "mistyped", "office": "Statistik", "_source": "programme"}
    same = {name: row[name] for name in ("measure_id", "area_id", "period", "_delivery")}
    named = {"correction_id": _CORRECTED, "table_name": row["_table"], "value": row["value"] + 3}
    line = {"_table": "programme__correction", "_row": "line 2"}
    _write(landed / _CORRECTIONS, [*_rows(landed / _CORRECTIONS), {**texts, **same, **named, **line}])
    return 1


def lived(built: DbtWorkspace, nights: int, export: Path) -> list[Night]:
    """The nights, the first with the figures as they are."""
    programme, found = load_programme(built.var.programme_id), []
    for number in range(nights):
        moved = revise(built.var.landed, number, nights) if number else 0
        found.append(_night(built, programme, export, moved))
        print(f"revised night {number}: {found[-1]}", flush=True)
    return found


def _night(built: DbtWorkspace, programme: Programme, export: Path, moved: int) -> Night:
    assert programme.disclosure
    shutil.rmtree(export, ignore_errors=True)
    export.mkdir()
    moments = [time.process_time()]
    build_untested(built)
    moments.append(time.process_time())
    try:
        export_public(built, programme, prepared_manifest(built), export)
    except RefreshRefused:
        return Night(moved, 0, 0, moments[1] - moments[0], time.process_time() - moments[1], 0, is_refused=True)
    moments.append(time.process_time())
    marts = {path.stem: path for path in (export / PUBLIC).glob("*.parquet")}
    hashes = {mart: sha256_of(path) for mart, path in marts.items()}
    results = attack_checks(built.var, programme.disclosure, export, hashes)
    moments.append(time.process_time())
    if all(result.is_passed for result in results):
        shutil.copy(export / BESIDE / "told.parquet", built.var.told)
    build, exported, attack = (after - before for before, after in itertools.pairwise(moments))
    findings = max(each.failed_count for each in results)
    return Night(moved, sum(map(_hidden, marts.values())), findings, build, exported, attack)


def broken(nights: Sequence[Night]) -> list[str]:
    """What of the rules does not hold."""
    share = _mean_share(nights)
    return [
        *(f"night {number}: {night.findings} findings" for number, night in enumerate(nights) if night.findings),
        *(f"night {number}: refused" for number, night in enumerate(nights) if night.is_refused),
        *([f"the attack takes {share:.0%} of the build"] if share > MOST_SHARE else []),
    ]


def section(nights: Sequence[Night]) -> str:
    """What came of it, as Markdown."""
    wrong = broken(nights)
    lines = [
        HEADING, "", *(__doc__ or "").split("\n\n")[1].splitlines(), "",
        f"{len(nights)} nights of nordwärts (seed {SEED}), {sum(night.moved for night in nights):,} figures moved or came:",
        f"{sum(night.findings for night in nights)} findings. {'Every rule holds.' if not wrong else '**Broken:** ' + '; '.join(wrong) + '.'}",
        "", "Seconds are of processor; the first night attacks everything, later ones what changed. The attack took",
        f"{_mean_share(nights):.0%} of the build on average (at most {MOST_SHARE:.0%}), which is a part of a night; its share is the last column.",
        "", "| night | figures moved | hidden cells | findings | build, s | export, s | attack, s | share |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]  # fmt: skip
    for number, night in enumerate(nights):
        seconds = " | ".join(f"{each:.1f}" for each in (night.build, night.export, night.attack))
        told = "refused" if night.is_refused else f"{night.hidden:,}"
        lines.append(f"| {number} | {night.moved:,} | {told} | {night.findings} | {seconds} | {night.share:.0%} |")
    return "\n".join(lines) + "\n"


def _mean_share(nights: Sequence[Night]) -> float:
    attacked = [night.share for night in nights if not night.is_refused]
    return sum(attacked) / len(attacked) if attacked else 0.0


def _hidden(path: Path) -> int:
    is_there = "is_hidden" in pq.read_schema(path).names
    return int(pc.sum(pq.read_table(path, columns=["is_hidden"])["is_hidden"]).as_py() or 0) if is_there else 0


def _rows(path: Path) -> list[Row]:
    rows: list[Row] = pq.read_table(path).to_pylist()
    return rows


def _write(path: Path, rows: Sequence[Row]) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows), pq.read_schema(path)), path)
