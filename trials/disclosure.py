"""What the rule of disclosure control hides, what each of its numbers costs, and whether a year of revisions gives anything away.

The sample is refreshed once. Then the models that ask the rule are built again, from their SQL as dbt compiled it, for copies of
the programme folder with other numbers in `disclosure.yml`, and each public edition is exported as a refresh does it, hiding what
must be hidden besides. A cell is a row of a public form that holds a figure or hides one; hidden ones of `fct_harmonisation`
hide part of their figures only.

Writes its section of docs/disclosure.md, and that of the revised nights (trials/revised_nights.py) in docs/trials.md. Exit
code 1 if what is declared cannot be published, or if a revised night gives something away.
"""

import argparse
import graphlib
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.launch import refresh_now
from programmes.loading import load_programme
from programmes.model import Programme
from refresh.context import refresh_context
from refresh.modelling import DbtManifest, DbtWorkspace, prepared_manifest
from refresh.outcomes import RefreshRefused
from refresh.public_forms import FORM, export_public, public_forms
from release.gate import PUBLIC
from release.layout import VarFolder
from trials import revised_nights
from trials.document import REPORT, ROOT, replaced

HEADING = "## What the numbers cost (`make trial-disclosure`)"
DOCUMENT = ROOT / "docs" / "disclosure.md"
STRICTER = {"minimum_population": 500, "people_per_step": 5}
LOOSER = {"people_per_step": 2, "protection_width": 1}
# Each number by itself as far as the others let it: a width needs steps of more people, a minimum half the rounding base.
ALONE: tuple[dict[str, int], ...] = (
    {"minimum_count": 0}, {"minimum_complement": 0}, {"minimum_population": 0}, {"minimum_organisations": 0},
    {"protection_width": 0}, {"protection_width": 0, "people_per_step": 1}, {"most_decimals": 1}, {"rounding_base": 10},
)  # fmt: skip
REASONS = ("few_residents", "small_group", "few_organisations", "protected", "secondary", "verdict_only")
_ASKS_THE_RULE = (FORM, "int_disclosure__")
_SHOWN = "shown"
Counts = dict[tuple[str, str], Counter[str]]  # mart and level → cells by why they are hidden, or shown


class NotPublished(Exception):
    """The sample was not published: there is nothing to count."""


@dataclass(frozen=True)
class Models:
    """The models that ask the rule, as dbt compiled them for a build, each after those it reads."""

    built: DbtWorkspace
    manifest: DbtManifest
    statements: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, built: DbtWorkspace) -> "Models":
        """Those of a build."""
        manifest = prepared_manifest(built)
        nodes = {
            unique_id: node
            for unique_id, node in manifest.content["nodes"].items()
            if node["resource_type"] == "model" and node["name"].startswith(_ASKS_THE_RULE)
        }
        reads = {unique_id: nodes.keys() & set(node["depends_on"]["nodes"]) for unique_id, node in nodes.items()}
        return cls(
            built,
            manifest,
            tuple(
                (
                    node["name"],
                    (built.target / "compiled" / node["package_name"] / node["original_file_path"]).read_text(),
                )
                for node in (nodes[unique_id] for unique_id in graphlib.TopologicalSorter(reads).static_order())
            ),
        )

    def under(self, numbers: Mapping[str, int], place: Path) -> Counts:
        """Cells of the public edition under other numbers of the rule; raises RefreshRefused where they cannot protect."""
        programme = with_numbers(load_programme(self.built.var.programme_id), numbers, place / "programme")
        workspace = DbtWorkspace(VarFolder(self.built.var.programme_id, place), self.built.is_synthetic)
        workspace.var.build.mkdir(parents=True)
        shutil.copy(self.built.database, workspace.database)
        with duckdb.connect(str(workspace.database)) as connection:
            connection.execute("set threads = 1")
            connection.execute(
                f"create or replace view landed.programme__disclosure as from '{_landed(self.built, programme, place)}'"
            )
            for name, sql in self.statements:
                connection.execute(f"create or replace table {name} as {sql}")
        export_public(workspace, programme, self.manifest, place)
        return counted(workspace, self.manifest, place / PUBLIC)


def with_numbers(programme: Programme, numbers: Mapping[str, int], folder: Path) -> Programme:
    """The programme with other numbers in a copy of its disclosure.yml; raises DeclarationError where the rule contradicts itself."""
    shutil.copytree(programme.folder, folder, ignore=shutil.ignore_patterns("sample"))
    rule = folder / "disclosure.yml"
    text = rule.read_text(encoding="utf-8")
    for name, value in numbers.items():
        text, count = re.subn(rf"^({name}:\n  value:) \d+$", rf"\g<1> {value}", text, flags=re.MULTILINE)
        if count != 1:
            raise KeyError(name)
    rule.write_text(text, encoding="utf-8")
    return load_programme(folder)


def _landed(built: DbtWorkspace, programme: Programme, place: Path) -> Path:
    """The landed rule with the numbers of another."""
    assert programme.disclosure
    rule = pq.read_table(built.var.landed / "programme__disclosure" / "programme__disclosure.parquet")
    [row] = rule.to_pylist()
    landed = place / "rule.parquet"
    pq.write_table(pa.Table.from_pylist([{**row, **programme.disclosure.numbers}], rule.schema), landed)
    return landed


def counted(workspace: DbtWorkspace, manifest: DbtManifest, public: Path) -> Counts:
    """Cells of every public form by mart and level; what models hide with their reason, what is hidden besides as secondary."""
    found: Counts = {}
    with duckdb.connect(str(workspace.database), read_only=True) as connection:
        for mart, form in sorted(public_forms(manifest).items()):
            path = public / f"{mart}.parquet"
            columns = pq.read_schema(path).names
            if "is_hidden" not in columns:
                continue
            holds = " or ".join(["is_hidden", *(f"{name} is not null" for name in form.figures)])
            ask = f"select {_level(columns)}, coalesce(hidden_reason, '{_SHOWN}'), count(*) from {{}} as cells where {holds} group by all"
            for place, reason, count in sorted(connection.execute(ask.format(f"'{path}'")).fetchall()):
                found.setdefault((mart, place), Counter())[reason] = count
            by_models = {
                (place, reason): count
                for place, reason, count in connection.execute(ask.format(f"main.{FORM}{mart}")).fetchall()
            }
            for (_, place), cells in ((key, cells) for key, cells in found.items() if key[0] == mart):
                cells["secondary"] = cells["protected"] - by_models.get((place, "protected"), 0)
                cells["protected"] -= cells["secondary"]
    return found


def _level(columns: Sequence[str]) -> str:
    """Where a cell is from, in SQL: its level, the level of its area, or the variant of the programme area."""
    of_area = "(select any_value(area_level) from main.dim_area as areas where areas.area_id = cells.area_id)"
    told = {"area_level": "area_level", "area_id": of_area, "variant_id": "'variant ' || variant_id"}
    return f"coalesce({', '.join([*(told[name] for name in told if name in columns), chr(39) + 'all' + chr(39)])})"


def hidden(counts: Counts) -> int:
    """All hidden cells."""
    return sum(cells.total() - cells[_SHOWN] for cells in counts.values())


def section(declared: Counts, others: Mapping[str, Counts], alone: Sequence[tuple[str, Counts | None]]) -> str:
    """What came of it, as Markdown."""
    lines = [
        HEADING, "", *(__doc__ or "").split("\n\n")[1].splitlines(), "",
        f"| mart | level | cells | hidden | {' | '.join(f'`{reason}`' for reason in REASONS)} | {' | '.join(others)} |",
        f"|---|---|{'---:|' * (2 + len(REASONS) + len(others))}",
    ]  # fmt: skip
    for (mart, level), cells in declared.items():
        by_reason = " | ".join(f"{cells[reason]:,}" if cells[reason] else "" for reason in REASONS)
        beside = " | ".join(_share(counts.get((mart, level), Counter())) for counts in others.values())
        lines.append(f"| `{mart}` | {level} | {cells.total():,} | {_share(cells)} | {by_reason} | {beside} |")
    lines += ["", f"`protected` is what models hide as too small, `secondary` what is hidden besides, {hidden(declared):,} hidden in all.",
              "", "Each number by itself, the others as declared:", "",
              "| declared otherwise | hidden cells | more or fewer | of them `secondary` |", "|---|---:|---:|---:|"]  # fmt: skip
    for name, counts in alone:
        if counts is None:
            lines.append(f"| {name} | refused: counts cannot be protected | | |")
        else:
            besides = sum(cells["secondary"] for cells in counts.values())
            lines.append(f"| {name} | {hidden(counts):,} | {hidden(counts) - hidden(declared):+,} | {besides:,} |")
    return "\n".join(lines) + "\n"


def _share(cells: Counter[str]) -> str:
    return f"{100 * (1 - cells[_SHOWN] / cells.total()):.1f} %" if cells else "–"


def _told(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"`{name}` {value}" for name, value in numbers.items())


def refreshed(root: Path, given: Path | None) -> DbtWorkspace:
    """The build of the sample, refreshed now or copied from where it was; raises NotPublished."""
    programme = load_programme("nordwaerts")
    var = VarFolder(programme.settings.programme_id, root)
    if given:
        shutil.copytree(given / var.programme_id, var.folder, symlinks=True)
    else:
        record = refresh_now(refresh_context(programme, var, is_sample=True))
        if record.outcome != "published":
            raise NotPublished(record.outcome)
    return DbtWorkspace(var, is_synthetic=True)


def cost(built: DbtWorkspace, place: Path) -> str:
    """The section on what the numbers cost; raises RefreshRefused where the declared ones, or the two other settings, cannot protect."""
    models = Models.of(built)
    settings = {"stricter": STRICTER, "looser": LOOSER}
    declared = models.under({}, place / "declared")
    others = {f"{name}: {_told(numbers)}": models.under(numbers, place / name) for name, numbers in settings.items()}
    alone: list[tuple[str, Counts | None]] = [("nothing, as it stands", declared)]
    for number, numbers in enumerate(ALONE):
        try:
            alone.append((_told(numbers), models.under(numbers, place / str(number))))
        except RefreshRefused:
            alone.append((_told(numbers), None))
        print(alone[-1][0], "done", flush=True)
    return section(declared, others, alone)


def main() -> None:
    """Count, live, write the sections."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--nights", type=int, default=revised_nights.NIGHTS, help="0 leaves the section of the nights as it is"
    )
    parser.add_argument("--var", type=Path, help="var root with a refreshed sample, instead of refreshing it now")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nordwaerts-disclosure-") as folder:
        built = refreshed(Path(folder) / "var", chosen.var)
        text = cost(built, Path(folder))
        DOCUMENT.write_text(replaced(DOCUMENT.read_text(encoding="utf-8"), text), encoding="utf-8")
        print(text, flush=True)
        if not chosen.nights:
            return
        nights = revised_nights.lived(built, chosen.nights, Path(folder) / "export")
    text = revised_nights.section(nights)
    REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    sys.exit(1 if revised_nights.broken(nights) else 0)


if __name__ == "__main__":
    main()
