"""Apache Spark in DuckDB's place: whether it can start, the build of the models on it, its tables in the build database.

Belongs here: what is different on Spark. What is done with the tables afterwards is the same code on both engines. How Spark
is reached and set stands in dbt_project/profiles.yml, target `distributed`.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import fs

from programmes.settings import Engine
from release.reason import Reason, ReleaseError

JAVA = 17  # the oldest Spark 4 starts on
_PACKAGES = ("pyspark", "dbt.adapters.spark")
_SCHEMA = "main"
# At the beginning of a message, where no row is quoted: Spark's own word, [CAST_INVALID_INPUT]; a class of errors, java.lang.OutOfMemoryError:;
# what the system says to who calls a server that is gone, [Errno 111]. And a signal that ended Java, SIGSEGV (0xb).
_KIND = re.compile(
    r"(?:^|: ) *\[([A-Z][A-Z_.0-9]+|Errno \d+)\]"
    r"|(?<!\S)((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt))(?=:|\s*$)"
    r"|(?<!\S)(SIG[A-Z]+)(?= \(0x)",
    flags=re.MULTILINE,
)


class EngineMissing(ReleaseError):
    """Spark is wanted, and what it needs is not on this machine or cannot be reached; says what."""


class SparkBroken(Exception):
    """dbt, or the Java below it, ended before all was built; the text says how, in no language and without any value of a row."""


def kinds_of_error(text: str) -> set[str]:
    """The kinds of errors a text names, in the words of Spark, Java, Python and the system; no value of a row is among them."""
    return {next(filter(None, found)) for found in _KIND.findall(text)}


@dataclass(frozen=True)
class SparkPlaces:
    """Where a build on Spark works; the folders are constant, because dbt parses anew when one changes."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        """Spark's tables as Parquet, a folder each; NORDWAERTS_SPARK_WAREHOUSE where a cluster shares another."""
        return Path(os.environ.get("NORDWAERTS_SPARK_WAREHOUSE") or self.folder / "warehouse").absolute()

    @property
    def scratch(self) -> Path:
        """What Spark spills; it may hold delivered figures, so it lies where nobody else may read."""
        return (self.folder / "scratch").absolute()

    @property
    def target(self) -> Path:
        """What dbt keeps of the parsed project and of the last build."""
        return self.folder / "dbt"


@dataclass(frozen=True)
class Became:
    """What became of one node of dbt: status, seconds, rows that fail a test, and the kinds of errors Spark named."""

    status: str
    seconds: float
    failed_count: int | None
    kinds: tuple[str, ...]


def require_engine(engine: Engine) -> None:
    """Raises EngineMissing with what to install, where the engine cannot be started."""
    if engine == "duckdb":
        return
    if missing := [name for name in _PACKAGES if not _is_installed(name)]:
        raise EngineMissing(
            Reason(
                f"Die Aktualisierung soll mit Spark rechnen, und dafür fehlen Python-Pakete ({', '.join(missing)}).",
                f"The refresh is to compute with Spark, and Python packages for it are missing ({', '.join(missing)}).",
                "„make spark“ richtet sie ein (docs/guide-scale.md); ohne --engine spark rechnet DuckDB.",
                "'make spark' installs them (docs/guide-scale.md); without --engine spark DuckDB computes.",
                rule="engine_installed",
            )
        )
    if os.environ.get("NORDWAERTS_SPARK_METHOD", "session") == "session" and (found := java_version()) < JAVA:
        have_de, have_en = (f"Java {found}", f"Java {found}") if found else ("kein Java", "no Java")
        raise EngineMissing(
            Reason(
                f"Die Aktualisierung soll mit Spark rechnen; das braucht Java {JAVA} oder neuer, und hier ist {have_de}.",
                f"The refresh is to compute with Spark; that needs Java {JAVA} or newer, and here is {have_en}.",
                "Java einrichten (docs/guide-scale.md) oder JAVA_HOME setzen; ohne --engine spark rechnet DuckDB.",
                "Install Java (docs/guide-scale.md) or set JAVA_HOME; without --engine spark DuckDB computes.",
                rule="engine_installed",
            )
        )


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ImportError:
        return False


def java_version() -> int:
    """The major version of the Java that Spark would start; 0 where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if java is None:
        return 0
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False).stderr
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(found[1]) if found else 0


def run_dbt(places: SparkPlaces, project: Path, landed: Path, arguments: Sequence[str]) -> dict[str, Became]:
    """Run dbt on Spark; unique id → what became of the node.

    Raises SparkBroken if it did not say so or Java ended before it, EngineMissing where landed tables cannot be put where Spark reads them.
    """
    out = places.folder / "became.json"
    places.folder.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    folders = ["--project-dir", str(project), "--profiles-dir", str(project), "--target", "distributed"]
    folders += ["--target-path", str(places.target), "--log-path", str(places.folder), "--no-write-json"]
    silent = ["--log-level", "none", "--log-level-file", "none", "--no-use-colors"]
    command = [sys.executable, "-m", "refresh.spark_dbt", str(out), *arguments, *folders, *silent]
    with (
        _shared(landed) as address,
        subprocess.Popen(
            command,
            env={**os.environ, **_environment(places, address)},
            stdin=subprocess.PIPE,  # what tells it that its starter is there
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        printed = {kind for line in process.stdout or () for kind in kinds_of_error(line)}
        exit_code = process.wait()
    try:
        told = json.loads(out.read_bytes())
    except (OSError, ValueError):
        raise SparkBroken(", ".join([f"dbt: exit {exit_code}", *sorted(printed)])) from None
    if told["java_ended"] is not None:
        raise SparkBroken(", ".join([f"Java: exit {told['java_ended']}", *sorted(printed)]))
    return {unique_id: Became(**{**each, "kinds": tuple(each["kinds"])}) for unique_id, each in told["nodes"].items()}


@contextmanager
def _shared(landed: Path) -> Iterator[str]:
    """Where Spark reads the landed tables: in their folder, or for as long in a copy below NORDWAERTS_SPARK_LANDED.

    That is an address of a file system or an object store, such as `s3a://monitoring/landed`. The copy lies below it in a folder
    of its own for each programme and var folder; what a killed build left in it is replaced. Raises EngineMissing.
    """
    address = os.environ.get("NORDWAERTS_SPARK_LANDED")
    if not address:
        yield str(landed.absolute())
        return
    var = landed.absolute().parent
    of_var = hashlib.sha256(f"{socket.gethostname()} {var}".encode()).hexdigest()[:12]
    name = f"landed-of-{var.name}-{of_var}"
    try:
        store, root = fs.FileSystem.from_uri(re.sub("^s3a:", "s3:", address))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _not_shared(error) from None
    place = f"{root.rstrip('/')}/{name}"
    try:
        _take_away(store, place)
        try:
            store.create_dir(place, recursive=True)
            fs.copy_files(str(landed), place, destination_filesystem=store)
        except (OSError, pa.ArrowException) as error:
            raise _not_shared(error) from None
        yield f"{address.partition('?')[0].rstrip('/')}/{name}"
    finally:
        _take_away(store, place)


def _take_away(store: fs.FileSystem, place: str) -> None:
    """Remove a copy of landed tables; one that cannot be removed is replaced by the next build."""
    with suppress(OSError, pa.ArrowException):
        store.delete_dir(place)


def _not_shared(error: Exception) -> EngineMissing:
    """Says that the copy could not be made; the address is not said, because it may hold a password."""
    return EngineMissing(
        Reason(
            f"Die gelandeten Tabellen ließen sich nicht dort ablegen, wo Spark sie liest ({type(error).__name__}).",
            f"The landed tables could not be put where Spark reads them ({type(error).__name__}).",
            "Adresse in NORDWAERTS_SPARK_LANDED, Anmeldung und Schreibrecht prüfen; ohne sie liest Spark den Ordner selbst.",
            "Check the address in NORDWAERTS_SPARK_LANDED, credentials and the right to write; without it Spark reads the folder.",
            rule="landed_shared",
        )
    )


def _environment(places: SparkPlaces, landed: str) -> dict[str, str]:
    code = str(Path(__file__).resolve().parents[1])
    return {
        "NORDWAERTS_LANDED": landed,
        "NORDWAERTS_SPARK_WAREHOUSE": str(places.warehouse),
        "SPARK_LOCAL_DIRS": str(places.scratch),
        "SPARK_LOCAL_IP": os.environ.get("NORDWAERTS_SPARK_DRIVER", "127.0.0.1"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [code, os.environ.get("PYTHONPATH")])),
    }


def forget_tables(places: SparkPlaces) -> None:
    """Take away tables and scratch files of the last build, which nobody reads any more."""
    for folder in (places.scratch, *(places.warehouse / f"{schema}.db" for schema in (_SCHEMA, "landed"))):
        shutil.rmtree(folder, ignore_errors=True)


def load(database: Path, places: SparkPlaces, nodes: Iterable[Mapping[str, Any]]) -> None:
    """Copy the tables of these nodes into the build database, with the types a contract states."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("set threads = 2; set memory_limit = '2GB'; set preserve_insertion_order = false")
        for node in nodes:
            files = str(places.warehouse / f"{_SCHEMA}.db" / node["alias"] / "*.parquet").replace("'", "''")
            connection.execute(
                f"create table {_SCHEMA}.\"{node['alias']}\" as select {_columns(node)} from read_parquet('{files}')"
            )


def _columns(node: Mapping[str, Any]) -> str:
    if not node["config"].get("contract", {}).get("enforced"):
        return "*"
    return ", ".join(f'cast("{name}" as {column["data_type"]}) as "{name}"' for name, column in node["columns"].items())
