"""The made-up office with whole nights: every step of a refresh but dbt's models, so that thousands of nights take minutes.

In place of the marts each landed table is published as it is, beside fct_delivery; projects are dim_project too, which is
public. Every other step is the real one.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
from made_up_office import TINY_CITY, YEARLY, Office, places

from refresh.context import RefreshContext
from refresh.delivery_tables import checks_table, write_refresh_tables
from refresh.landing import land_table
from refresh.notes import export_folder, forget_last_build, note_gate_one
from refresh.outcomes import RefreshRefused
from refresh.promoting import promote_all, promoted_path
from refresh.publishing import publish_export
from refresh.record import RefreshRecord
from refresh.run import RefreshRun, open_run
from release import ledger, store
from release.disclosure import PUBLIC_MARTS
from release.gate import PUBLIC
from release.layout import VarFolder

EVENING = dt.datetime(2022, 3, 1, 20, tzinfo=dt.UTC)


class Killed(BaseException):
    """The process died: the next start writes its ledger line."""


@dataclass
class NightlyOffice(Office):
    """An office whose files carry no stated receipt: they are received in the night that finds them."""

    clock: dt.datetime = EVENING
    hooks: dict[str, Callable[[], None]] = field(default_factory=dict)  # called after a step of that name

    def context(self) -> RefreshContext:
        """What a refresh of tonight works on."""
        self.as_of_on = self.clock.date()
        return replace(super().context(), now=lambda: self.clock)

    def put(self, source: str, name: str, text: str) -> None:
        """Put a file into the inbox; it was copied there a while ago."""
        path = self.inbox / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (0, 0))

    def night(self) -> RefreshRecord:
        """One whole refresh; raises Killed where a hook does, and then the next start writes its line."""
        self.clock += dt.timedelta(days=1)
        run = RefreshRun.of(self.context())
        try:
            with open_run(run):
                self._reach("begun")
                if not run.answer_without_work():
                    self._work(run)
        except RefreshRefused:
            pass
        return run.record

    def _work(self, run: RefreshRun) -> None:
        var, deliveries, tables = run.context.var, run.deliveries, run.record.tables
        forget_last_build(var)
        for table in run.context.programme.landed_tables():
            with run.step():
                outcome = land_table(run.context, deliveries, table)
            run.record.landed(outcome)
        self._reach("landed")
        with run.step():
            inputs = run.accepted_sha256()
            promote_all(var, tables.values())
            note_gate_one(var, inputs, tables.values())
            write_refresh_tables(run.context, deliveries, tables)
        self._reach("promoted")
        marts = {f"fct_{name}": promoted_path(var, outcome.table) for name, outcome in tables.items()}
        for outcome in tables.values():
            if outcome.table.declared.canonical == "project":
                marts["dim_project"] = promoted_path(var, outcome.table)
        export(var, inputs, {**marts, "fct_delivery": var.landed / "refresh__delivery" / "refresh__delivery.parquet"})
        self._reach("exported")
        with run.step("release"):
            publish_export(deliveries, SimpleNamespace(texts=dict), inputs, tables.values(), run.known_as)  # type: ignore[arg-type]
            self._reach("switched")
            run.record.close("published", inputs)
            self._reach("noted")
            deliveries.vintages.keep_only_used()
            store.collect(var)

    def _reach(self, step: str) -> None:
        if hook := self.hooks.pop(step, None):
            hook()


def before_the_first_night(place: Path, yearly: str = YEARLY) -> NightlyOffice:
    """The tiny city and a second source that delivers every year, each with a good file in the inbox."""
    folder = Path(shutil.copytree(TINY_CITY, place / "kleinstadt"))
    city = (folder / "sample" / "statistik" / "synthetisch_viertel.csv").read_text(encoding="utf-8")
    shutil.rmtree(folder / "sample")
    (folder / "sources" / "vereine.yml").write_text(yearly, encoding="utf-8")
    made = NightlyOffice(folder, VarFolder("kleinstadt", place / "var"))
    made.put("statistik", "stadt.csv", city)
    made.put("vereine", "2020.csv", places(2020))
    return made


def before_the_second_night(place: Path) -> NightlyOffice:
    """After the first night; a second year of the clubs has just come."""
    made = before_the_first_night(place)
    assert made.night().outcome == "published"
    made.put("vereine", "2021.csv", places(2021))
    return made


def the_morning_after(made: Path, place: Path) -> NightlyOffice:
    """A copy of an office, hard links and all, the morning after its last night."""
    subprocess.run(["cp", "-a", f"{made}/.", place], check=True)
    found = NightlyOffice(place / "kleinstadt", VarFolder("kleinstadt", place / "var"))
    found.clock = ledger.read(found.var)[-1].at
    return found


def export(var: VarFolder, inputs_sha256: str, marts: dict[str, Path]) -> None:
    """Hand landed tables over as an export that passed its checks."""
    folder = export_folder(var)
    (folder / PUBLIC).mkdir(parents=True)
    hashes = {}
    for mart, path in marts.items():
        rows = pq.read_table(path)
        if "is_synthetic" not in rows.column_names:
            rows = rows.append_column("is_synthetic", pa.array([True] * rows.num_rows, pa.bool_()))
        pq.write_table(rows.sort_by([(name, "ascending") for name in rows.column_names]), folder / f"{mart}.parquet")
        hashes[mart] = hashlib.sha256((folder / f"{mart}.parquet").read_bytes()).hexdigest()
    checks = [
        SimpleNamespace(
            check_id=f"{mart}:row_minimum", table_name=mart, gate="gate_2", rule_id="row_minimum", column_name=None,
            severity="block", is_passed=True, failed_count=0, observed="", expected="", sentence_de="", sentence_en="",
            table_sha256=sha256,
        )
        for mart, sha256 in hashes.items()
    ]  # fmt: skip
    pq.write_table(checks_table(checks), folder / "checks.parquet")  # type: ignore[arg-type]
    public = [mart for mart in hashes if mart in PUBLIC_MARTS]
    for mart in public:
        shutil.copyfile(folder / f"{mart}.parquet", folder / PUBLIC / f"{mart}.parquet")
    declaration = {
        "inputs_sha256": inputs_sha256,
        "tables": hashes,
        "public": {mart: hashes[mart] for mart in public},
        "landed_sha256": "",
        "expected_checks": [check.check_id for check in checks],
    }
    (folder / "export.json").write_text(json.dumps(declaration), encoding="utf-8")
