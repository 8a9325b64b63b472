"""PostgreSQL as the orchestrator's storage: the example's settings, on a private cluster of this machine."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import OPS

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BIN is None, reason="PostgreSQL is missing (Debian: postgresql)"),
    pytest.mark.skipif(
        importlib.util.find_spec("dagster_postgres") is None,
        reason="dagster-postgres is missing: pip install 'nordwaerts-monitor[postgres]'",
    ),
]
KEEP_A_RUN = """
import dagster as dg, sys
@dg.op
def step(): return 1
@dg.job
def nightly(): step()
with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    assert nightly.execute_in_process(instance=instance).success
    print(type(instance.run_storage).__name__, type(instance.event_log_storage).__name__, len(instance.get_runs()))
"""


def _as_nobody_special(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root; then it runs as the user of Debian's package."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        if os.geteuid() == 0
        else [*command]
    )


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a database in a cluster of its own, over a socket in its folder, with no port open."""
    folder = Path(tempfile.mkdtemp(prefix="nordwaerts-postgres-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data, quiet = str(folder / "data"), {"check": True, "capture_output": True, "cwd": folder}
    initdb = [f"{BIN}/initdb", "--pgdata", data, "--username", "nordwaerts", "--auth", "trust", "--no-sync"]
    subprocess.run(_as_nobody_special(*initdb), **quiet)
    options = f"-c listen_addresses= -c fsync=off -k {folder}"
    control = [f"{BIN}/pg_ctl", "--pgdata", data, "--wait", "--log", str(folder / "log")]
    subprocess.run(_as_nobody_special(*control, "--options", options, "start"), **quiet)
    try:
        made = [f"{BIN}/createdb", "--host", str(folder), "--username", "nordwaerts", "dagster"]
        subprocess.run(_as_nobody_special(*made), **quiet)
        yield f"postgresql+psycopg2://nordwaerts@/dagster?host={folder}"
    finally:
        subprocess.run(_as_nobody_special(*control, "--mode", "immediate", "stop"), **quiet)
        shutil.rmtree(folder)


def _runs(home: Path, address: str) -> subprocess.CompletedProcess[str]:
    home.mkdir(exist_ok=True)
    shutil.copy(OPS / "dagster-postgres.yaml.example", home / "dagster.yaml")
    return subprocess.run(
        [sys.executable, "-c", KEEP_A_RUN, str(home)],
        env={**os.environ, "DAGSTER_POSTGRES_URL": address, "DAGSTER_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_history_of_runs_is_kept_in_postgresql(address: str, tmp_path: Path) -> None:
    for count in (1, 2):
        done = _runs(tmp_path / "home", address)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == ["PostgresRunStorage", "PostgresEventLogStorage", str(count)]
    assert not list((tmp_path / "home").rglob("*.db")), "nothing beside it in files"


def test_without_its_database_it_says_so_and_keeps_nothing_elsewhere(tmp_path: Path) -> None:
    done = _runs(tmp_path / "home", f"postgresql+psycopg2://nordwaerts@/dagster?host={tmp_path}")
    assert done.returncode != 0 and "connection to server" in done.stderr
    assert not list((tmp_path / "home").rglob("*.db"))
