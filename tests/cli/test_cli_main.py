"""The group: languages of its help, exit codes of its errors, and that reading commands stay light."""

import json
import resource

import click
import pytest
from click.testing import CliRunner

from cli import main as group
from release.lock import RefreshRunning
from release.reason import Reason

READING = {
    "help": ("--help",),
    "status": ("status",),
    "status --json": ("status", "--json"),
    "releases": ("releases",),
    "releases --json": ("releases", "--json"),
    "path": ("path",),
    "path --sql": ("path", "--sql"),
    "verify": ("verify",),
    "advisories": ("advisories", "{out}"),
    "export csv": ("export", "dim_project", "--out", "{out}.csv"),
    "export parquet": ("export", "dim_project", "--out", "{out}.parquet"),
    "deliveries": ("deliveries", "--all"),
    "withdraw": ("withdraw", "abcdef", "--because", "x"),
    "accept": ("accept", "abcdef", "--because", "x", "--by", "y"),
    "reject": ("reject", "abcdef", "--because", "x", "--by", "y"),
    "forget": ("forget", "Hiltrud Ahornblatt", "--because", "x", "--by", "y"),
    "rollback": ("rollback", "{old}"),
    "pin": ("pin", "{old}", "--because", "x"),
    "history": ("history",),
    "public": ("public", "{out}"),
    "backup": ("backup", "{out}"),
    "notify": ("notify",),
    "watchdog": ("watchdog", "--by", "23:59"),
    "metrics": ("metrics", "--out", "{out}.prom"),
}
# a refusal stands in this office; nothing was delivered to it
CODES = {
    "verify": 1,
    "advisories": 1,
    "status": 2,
    "status --json": 2,
    "deliveries": 1,
    "withdraw": 1,
    "accept": 1,
    "reject": 1,
}
SPY = """
import json, sys
from cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    print(json.dumps({"code": end.code, "modules": sorted(sys.modules)}))
"""
HEAVY = {"dagster", "dagster_dbt", "dbt", "great_expectations"}
LIGHT = {*HEAVY, "pandas", "pydantic", "pyarrow", "yaml"}


@pytest.mark.parametrize("name", READING)
def test_no_reading_command_imports_what_only_a_refresh_needs(name: str, office, run, tmp_path) -> None:
    arguments = [text.format(out=tmp_path / "out", old=office.old) for text in READING[name]]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run(*arguments, python=("-c", SPY))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["code"] == CODES.get(name, 0), done.stderr
    imported = {module.split(".")[0] for module in seen["modules"]}
    assert "cli" in imported
    assert not imported & (HEAVY if name in ("rollback", "notify", "forget", "public") else LIGHT)
    light = (
        "help",
        "status",
        "status --json",
        "releases",
        "releases --json",
        "path",
        "path --sql",
        "history",
        "watchdog",
        "metrics",
    )
    if name in light:
        assert not imported & {"duckdb", "cryptography"}
    assert seconds < 3, "a reading command takes a second of processor, up to three on a busy machine"


def test_the_spy_sees_a_heavy_import(run) -> None:
    done = run("--help", python=("-c", SPY.replace("import json, sys", "import json, sys, pandas")))
    assert "pandas" in json.loads(done.stdout.splitlines()[-1])["modules"]


def test_help_in_both_languages_without_importing_a_command(run) -> None:
    assert "Befehle:" in run("--lang", "de", "--help").stdout
    assert "Commands:" in run("--help").stdout
    assert "zu einem früheren Stand zurückkehren" in run("--lang", "de", "rollback", "--help").stdout


@pytest.mark.parametrize("arguments", [["bogus"], ["--bogus"], ["status", "--bogus"], ["rollback"], ["--lang", "fr"]])
def test_wrong_usage_is_not_taken_for_a_refusal(arguments: list[str]) -> None:
    assert CliRunner().invoke(group.main, arguments).exit_code == 1


@pytest.mark.parametrize("name", ["", "../nordwaerts", "a/b", "Nord"])
def test_a_programme_that_is_no_folder_name(name: str, run) -> None:
    done = run("status", "--programme", name)
    assert done.returncode == 1
    assert "is not a programme id" in done.stderr


def _running() -> None:
    raise RefreshRunning(Reason("läuft schon", "is running"))


def _full_disk() -> None:
    raise OSError(28, "No space left on device", "objects/ab.partial")


def _ctrl_c() -> None:
    raise KeyboardInterrupt


def _unforeseen() -> None:
    raise ValueError("Erika Muster, Musterweg 1")


@pytest.mark.parametrize(
    ("act", "code", "said"),
    [
        pytest.param(lambda: 3, 3, "", id="a returned code"),
        pytest.param(lambda: 0, 0, "", id="success"),
        pytest.param(lambda: None, 0, "", id="nothing returned"),
        pytest.param(lambda: click.get_current_context().exit(2), 2, "", id="exit in the command"),
        pytest.param(_running, 4, "läuft schon", id="another refresh"),
        pytest.param(_full_disk, 1, "Der Datenträger ist voll (objects/ab.partial)", id="operating system"),
        pytest.param(_ctrl_c, 130, "Mit Strg-C beendet.", id="interrupted"),
        pytest.param(_unforeseen, 1, "ValueError, test_cli_main.py:", id="unforeseen"),
    ],
)
def test_exit_codes_and_sentences(monkeypatch: pytest.MonkeyPatch, act, code: int, said: str) -> None:
    command = click.Command("refresh", callback=act)
    monkeypatch.setattr(group.LazyGroup, "get_command", lambda *_: command)
    monkeypatch.delenv("NORDWAERTS_DEBUG", raising=False)
    result = CliRunner().invoke(group.main, ["--lang", "de", "refresh"])
    assert result.exit_code == code
    assert said in result.output
    assert "Traceback" not in result.output
    assert "Muster" not in result.output, "an unforeseen error's text may hold a delivered value"


def test_developers_may_see_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group.LazyGroup, "get_command", lambda *_: click.Command("x", callback=_unforeseen))
    monkeypatch.setenv("NORDWAERTS_DEBUG", "1")
    assert isinstance(CliRunner().invoke(group.main, ["x"]).exception, ValueError)


def test_every_command_here_loads_and_speaks_both_languages() -> None:
    context = click.Context(group.main)
    for name in set(group.COMMANDS) - {"refresh"}:
        lazy = group.COMMANDS[name]
        assert lazy.de and lazy.en
        assert isinstance(group.main, group.LazyGroup)
        assert isinstance(group.main.get_command(context, name), click.Command)
    assert list(group.COMMANDS) == [
        "refresh",
        "programme",
        "check",
        "status",
        "claims",
        "trace",
        "deliveries",
        "withdraw",
        "accept",
        "reject",
        "forget",
        "releases",
        "rollback",
        "path",
        "verify",
        "advisories",
        "pin",
        "unpin",
        "history",
        "reproduce",
        "diff",
        "export",
        "public",
        "report",
        "backup",
        "restore",
        "notify",
        "watchdog",
        "metrics",
    ]
