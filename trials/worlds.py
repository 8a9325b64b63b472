"""Worlds with a known truth: surveys of made-up cities, drawn with fixed seeds and landed for the real models.

A world is a city of two parts, north and rest; each world is its own variant of a programme area, north. What
varies from cell to cell of the grid is an item of the survey: number of answers, spread of the weights, and
whether who weighs more also answers otherwise. Nothing here computes an estimate.

Answers come from a latent normal variable that correlates with the logarithm of a log-normal weight. Under the
weighted distribution the latent variable is normal again, its mean moved by correlation times sigma; cutting it
at the quantiles of *that* distribution makes the weighted population shares exactly the ones asked for.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.landing import canonical_schema
from programmes.canonical import CANONICAL
from refresh.delivery_tables import REFRESH_TABLES
from refresh.programme_tables import PROGRAMME_TABLES

SEED = 20150324
WAVES = ("2015", "2016")
PARTS = ("north", "rest")
OUTLOOK = ("worsen", "unchanged", "improve")
GRADE = ("1", "2", "3", "4", "5", "6")
# how closely weight and answer are related, where they are: a correlation of the latent variable, either way round
RELATED = 0.3

_FIRST_DAY = dt.date(2011, 1, 1)
_PROVENANCE = {"_source": "survey", "_table": "survey__cases", "_delivery": "0" * 64, "_row": "drawn"}


@dataclass(frozen=True)
class Design:
    """How answers are drawn: their number, coefficient of variation of the weights, relation of weight and answer."""

    n: int
    spread: float = 0.0
    relation: float = 0.0


@dataclass(frozen=True)
class Sample:
    """Answers of one part of every world in one wave, with the weighted population share of each answer."""

    item_id: str
    wave: str
    part: str
    design: Design
    shares: Mapping[str, float]

    @property
    def truth(self) -> dict[str, float]:
        """True figure of each outcome of the mart, in its unit: shares in per cent, or the mean grade."""
        if "1" in self.shares:
            return {"grade": sum(int(answer) * share for answer, share in self.shares.items())}
        names = {"worsen": "pessimists", "unchanged": "unchanged", "improve": "optimists"}
        return {names[answer]: 100 * share for answer, share in self.shares.items()}


@dataclass(frozen=True)
class GapScenario:
    """A gap between north and rest that widens from the first wave to the second by exactly its margin."""

    item_id: str
    margin: float
    samples: tuple[Sample, ...]

    @property
    def is_grade(self) -> bool:
        """Grades have a mean, everything else a share of those who expect worsening."""
        return "1" in self.samples[0].shares


def _outlook(improve: float, unchanged: float, worsen: float) -> dict[str, float]:
    return dict(zip(OUTLOOK, (worsen, unchanged, improve), strict=True))


def coverage_samples(sizes: tuple[int, ...] = (30, 100, 230, 1100, 2819)) -> list[Sample]:
    """The grid of STATISTICS C2: in each cell .1 and .5 in the north, .2 and .35 in the rest, related both ways."""
    designs = [
        Design(n, spread, relation)
        for n in sizes
        for spread in (0.0, 0.5, 0.8)
        for relation in ((0.0, RELATED, -RELATED) if spread else (0.0,))
    ]
    shares = {"north": _outlook(0.10, 0.40, 0.50), "rest": _outlook(0.20, 0.45, 0.35)}
    return [
        Sample(f"n{design.n}_cv{design.spread:g}_r{design.relation:g}", WAVES[1], part, design, shares[part])
        for design in designs
        for part in PARTS
    ]


def gap_scenarios() -> list[GapScenario]:
    """Eight gaps at their margin: shares of .1 to .5, few and many answers, all kinds of weights, and grades."""
    city, district = {"north": 1100, "rest": 1719}, {"north": 230, "rest": 870}
    shares = [
        # name, share that expects worsening in north and rest, margin in pp, answers, spread, relation
        ("equal_weights", (0.50, 0.40), 4.0, city, 0.0, 0.0),
        ("weights", (0.50, 0.40), 4.0, city, 0.5, 0.0),
        ("uneven_weights", (0.35, 0.25), 4.0, city, 0.8, 0.0),
        ("related_weights", (0.35, 0.30), 2.0, city, 0.5, RELATED),
        ("uneven_related_weights", (0.50, 0.45), 2.0, city, 0.8, RELATED),
        ("small_shares", (0.12, 0.10), 2.0, city, 0.5, RELATED),
        ("few_answers", (0.25, 0.20), 4.0, district, 0.5, -RELATED),
    ]
    found = []
    for name, levels, margin, sizes, spread, relation in shares:
        samples = tuple(
            Sample(name, wave, part, Design(sizes[part], spread, relation), _outlook(0.9 - worsen, 0.1, worsen))
            for wave, added in zip(WAVES, (0.0, margin / 100), strict=True)
            for part, level in zip(PARTS, levels, strict=True)
            for worsen in (level + (added if part == "north" else 0.0),)
        )
        found.append(GapScenario(name, margin, samples))
    grades = {"before": (0.05, 0.20, 0.35, 0.25, 0.10, 0.05), "after": (0.05, 0.15, 0.35, 0.30, 0.10, 0.05)}
    samples = tuple(
        Sample("grades", wave, part, Design(city[part], 0.5, RELATED), dict(zip(GRADE, grades[when], strict=True)))
        for wave in WAVES
        for part in PARTS
        for when in ("after" if (wave, part) == (WAVES[1], "north") else "before",)
    )
    return [*found, GapScenario("grades", 0.1, samples)]


@dataclass(frozen=True)
class Worlds:
    """A block of worlds, its number part of the seed: the same block is the same worlds, however many there are."""

    block: int
    count: int
    samples: list[Sample]
    scenarios: list[GapScenario]

    def land(self, folder: Path) -> int:
        """Write everything dbt reads into `folder`; the number of answers."""
        known = schemas()
        rows = self._declarations()
        for name, schema in known.items():
            (folder / name).mkdir(parents=True)
            pq.write_table(schema.empty_table(), folder / name / "empty.parquet")
            if name in rows:
                pq.write_table(pa.Table.from_pylist(rows[name], schema=schema), folder / name / "rows.parquet")
        answers = 0
        for number, sample in enumerate(self._all_samples):
            table = self._cases(sample, np.random.default_rng([SEED, self.block, number]), known["survey_case"])
            pq.write_table(table, folder / "survey_case" / f"{number:04}.parquet", compression="snappy")
            answers += table.num_rows
        return answers

    @cached_property
    def _all_samples(self) -> list[Sample]:
        return self.samples + [sample for scenario in self.scenarios for sample in scenario.samples]

    def _cases(self, sample: Sample, chance: np.random.Generator, schema: pa.Schema) -> pa.Table:
        answers, weights = draw(sample.design, list(sample.shares.values()), self.count, chance)
        size = len(answers)
        areas = [f"{sample.part}-{world}" for world in range(self.count)]
        columns: dict[str, Any] = {
            "period": sample.wave, "item_id": sample.item_id, "case_id": "drawn", **_PROVENANCE,
            "area_id": (np.repeat(np.arange(self.count, dtype=np.int32), sample.design.n), areas),
            "answer": (answers, list(sample.shares)),
        }  # fmt: skip
        arrays = {
            name: _coded(*(column if isinstance(column, tuple) else (np.zeros(size, np.int8), [column])))
            for name, column in columns.items()
        }
        arrays["weight"] = _decimals(weights, schema.field("weight").type)
        return pa.table({field.name: arrays[field.name] for field in schema})

    def _declarations(self) -> dict[str, list[dict[str, Any]]]:
        worlds = range(self.count)
        tree: list[tuple[str, str, str | None]] = [(f"city-{world}", "city", None) for world in worlds]
        tree += [(f"{part}-{world}", "part", f"city-{world}") for world in worlds for part in PARTS]
        tables: dict[str, list[dict[str, Any]]] = {
            "area": [
                {"area_id": area, "area_level": level, "area_code": area, "area_name": area, "parent_id": parent,
                 "valid_from": _FIRST_DAY}
                for area, level, parent in tree
            ],
            "area_set": [
                {"variant_id": f"world-{world}", "role": "programme", "area_id": f"north-{world}",
                 "weight": Decimal(1), "weight_basis": "population", "valid_from": _FIRST_DAY}
                for world in worlds
            ],
            "variant": [{"variant_id": f"world-{world}", "purpose": "programme"} for world in worlds],
            "level": [{"level": level, "level_rank": rank} for rank, level in enumerate(("city", "part"))],
            "baseline": [
                {"baseline_id": WAVES[0], "first_period": int(WAVES[0]), "last_period": int(WAVES[0]),
                 "is_for_all": True}
            ],
            "programme": [
                {"programme_id": "worlds", "default_variant": "world-0", "starts_on": dt.date(int(WAVES[0]), 1, 1)}
            ],
            "indicator": [_indicator(scenario) for scenario in self.scenarios],
        }  # fmt: skip
        return {f"programme__{name}": [{**row, **_PROVENANCE} for row in rows] for name, rows in tables.items()}


def draw(
    design: Design, shares: list[float], worlds: int, chance: np.random.Generator
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float64]]:
    """Position of the answer and weight of every case, world after world; weights have a mean of one."""
    size = worlds * design.n
    sigma = math.sqrt(math.log1p(design.spread**2))
    heavy = chance.standard_normal(size, dtype=np.float32)
    latent = chance.standard_normal(size, dtype=np.float32)
    if design.relation:
        latent = design.relation * heavy + math.sqrt(1 - design.relation**2) * latent
    below = [sum(shares[: position + 1]) for position in range(len(shares) - 1)]
    cuts = [design.relation * sigma + NormalDist().inv_cdf(share) for share in below]
    weights = np.exp(sigma * heavy.astype(np.float64) - sigma**2 / 2)
    return np.searchsorted(cuts, latent).astype(np.int8), weights


def indicator_row(item_id: str, margin: float, **own: Any) -> dict[str, Any]:
    """A row of the catalogue: a gap whose margin is known, of an indicator that is better when lower."""
    return {
        "indicator_id": item_id,
        "definition_version": 1,
        "polarity": "lower_is_better",
        "base_level": "part",
        "permitted_level": "part",
        "margin_minimum": Decimal(str(margin)),
        "margin_pct_of_baseline_gap": Decimal(0),
        "baseline_id": WAVES[0],
        "is_headline": False,
        "valid_from": _FIRST_DAY,
        **own,
    }


def _indicator(scenario: GapScenario) -> dict[str, Any]:
    measure = f"{scenario.item_id}_weighted_sum" if scenario.is_grade else f"{scenario.item_id}_worsen_weighted_sum"
    return indicator_row(
        scenario.item_id,
        scenario.margin,
        kind="survey",
        scale="grade" if scenario.is_grade else "share",
        numerator_measure_id=measure,
        denominator_measure_id=f"{scenario.item_id}_weight",
        factor=Decimal(1 if scenario.is_grade else 100),
        unit="grade_1_to_6" if scenario.is_grade else "pct",
        tolerance=Decimal("0.05"),
        source_id="survey",
    )


def schemas() -> dict[str, pa.Schema]:
    """Every folder dbt reads."""
    provenance = dict.fromkeys(_PROVENANCE, pa.string())
    landed = {name: canonical_schema(table) for name, table in CANONICAL.items()}
    declared = {name: pa.schema(columns | provenance) for name, columns in PROGRAMME_TABLES.items()}
    return landed | declared | {name: pa.schema(columns) for name, columns in REFRESH_TABLES.items()}


def _coded(codes: npt.NDArray[Any], values: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(values))


def _decimals(numbers: npt.NDArray[np.float64], kind: pa.Decimal128Type) -> pa.Array:
    """Numbers of six digits as decimals, without a Python object for each."""
    words = np.zeros((len(numbers), 2), dtype=np.int64)
    words[:, 0] = np.maximum(np.rint(numbers * 10**6), 1).astype(np.int64) * 10 ** (kind.scale - 6)
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(words)])
