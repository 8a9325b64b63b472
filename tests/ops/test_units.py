"""The systemd units: systemd accepts them, each runs closed and as nobody else, and their commands run as written.

They are started under systemd itself only where one is at work.
"""

import datetime as dt
import functools
import http.client
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from machine import OPS, TIMERS, UNITS, Machine, settings
from ports import free_port

from release import ledger
from release.layout import VarFolder

DROP_IN = OPS / "systemd" / "nordwaerts-.service.d" / "hardening.conf"
OWN = {
    "User": "nordwaerts",
    "Group": "nordwaerts",
    "UMask": "0077",
    "EnvironmentFile": "/etc/nordwaerts/nordwaerts.env",
    "WorkingDirectory": "/opt/nordwaerts",
}
HARDENED = {
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "NoNewPrivileges": "yes",
    "ReadWritePaths": "/var/lib/nordwaerts",
    "StateDirectoryMode": "0700",
}
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol": "graphql-ws",
}
COMMANDS = [unit for unit in UNITS if settings(unit, "ExecStart")[0].split()[0].endswith("/nordwaerts")]
needs_analyze = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is missing")


def unit(name: str) -> Path:
    return OPS / "systemd" / name


def analyze(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
        check=False,
    )


@needs_analyze
def test_systemd_accepts_every_unit(machine: Machine) -> None:
    folder = machine.units()
    done = analyze(folder, "verify", "--man=no", *(str(folder / path.name) for path in [*UNITS, *TIMERS]))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_analyze
@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("nordwaerts-refresh.service", "UMask=0077", "UMaks=0077", "UMaks"),
        ("nordwaerts-refresh.service", "/bin/nordwaerts refresh", "/bin/nordwaertz refresh", "not executable"),
        ("nordwaerts-refresh.timer", "*-*-* 04:00:00", "*-*-* 25:00:00", "calendar"),
        ("nordwaerts-.service.d/hardening.conf", "ProtectSystem=strict", "ProtectSystem=strong", "strong"),
    ],
)
def test_a_broken_unit_is_noticed(machine: Machine, name: str, old: str, new: str, said: str) -> None:
    folder = machine.units()
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    looked_at = (str(folder / f"nordwaerts-refresh.{kind}") for kind in ("service", "timer"))
    done = analyze(folder, "verify", "--man=no", *looked_at)
    assert said in done.stdout + done.stderr


@needs_analyze
def test_the_doors_are_closed_as_systemd_counts_them(machine: Machine) -> None:
    folder = machine.units()
    for path in UNITS:
        done = analyze(folder, "security", "--offline=true", "--threshold=25", "--no-pager", str(folder / path.name))
        assert done.returncode == 0, done.stdout[-500:] + done.stderr
    (folder / "nordwaerts-.service.d" / "hardening.conf").unlink()
    bare = analyze(folder, "security", "--offline=true", "--threshold=25", "--no-pager", str(folder / UNITS[0].name))
    assert bare.returncode != 0, "without the drop-in the test must fail"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_every_service_is_its_own_user_with_closed_files(path: Path) -> None:
    assert {key: settings(path, key) for key in OWN} == {key: [value] for key, value in OWN.items()}
    assert path.name.startswith("nordwaerts-"), "else the drop-in is not about it"


def test_every_service_is_hardened_by_the_drop_in_and_undoes_none_of_it() -> None:
    assert {key: settings(DROP_IN, key) for key in HARDENED} == {key: [value] for key, value in HARDENED.items()}
    keys = set(re.findall(r"^(\w+)=", DROP_IN.read_text(encoding="utf-8"), flags=re.M))
    for path in UNITS:
        assert not keys & set(re.findall(r"^(\w+)=", path.read_text(encoding="utf-8"), flags=re.M))


def test_the_night_is_over_before_the_watchdog_asks_and_is_caught_up() -> None:
    assert settings(unit("nordwaerts-refresh.timer"), "OnCalendar") == ["*-*-* 04:00:00"]
    assert settings(unit("nordwaerts-refresh.timer"), "Persistent") == ["true"]
    [minutes] = settings(unit("nordwaerts-refresh.service"), "TimeoutStartSec")
    [asked] = settings(unit("nordwaerts-watchdog.timer"), "OnCalendar")
    [command] = settings(unit("nordwaerts-watchdog.service"), "ExecStart")
    at = dt.datetime.strptime(asked.split()[1], "%H:%M:%S")
    over = dt.datetime.strptime("04:00", "%H:%M") + dt.timedelta(minutes=int(minutes.removesuffix("min")))
    assert over < at and f"--by {at:%H:%M}" in command


def test_whatever_a_refresh_comes_to_is_told() -> None:
    told = ["nordwaerts-notify.service nordwaerts-metrics.service"]
    refresh = unit("nordwaerts-refresh.service")
    assert (settings(refresh, "OnSuccess"), settings(refresh, "OnFailure")) == (told, told)
    assert settings(refresh, "SuccessExitStatus") == ["3 4"], "kept and another one at work are no failures, refused is"


def test_one_of_timer_and_orchestrator_runs_the_nights() -> None:
    assert settings(unit("nordwaerts-dagster-daemon.service"), "Conflicts") == ["nordwaerts-refresh.timer"]


@pytest.mark.parametrize("name", ["nordwaerts-webserver.service", "nordwaerts-webserver-readonly.service"])
def test_the_ui_listens_on_this_machine_alone(name: str) -> None:
    assert "--host 127.0.0.1 " in settings(unit(name), "ExecStart")[0]
    assert ("--read-only" in settings(unit(name), "ExecStart")[0]) is ("readonly" in name)


def test_nothing_phones_home(machine: Machine) -> None:
    told = {**machine.environment()}
    off = {"DO_NOT_TRACK": "1", "DAGSTER_DISABLE_TELEMETRY": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    assert {name: told[name] for name in off} == off
    assert told["GX_ANALYTICS_ENABLED"] == "false"


@pytest.mark.slow
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_every_program_and_option_of_a_unit_exists(machine: Machine, path: Path) -> None:
    program, *arguments = machine.command(path)
    assert os.access(program, os.X_OK)
    count = 2 if arguments[:1] == ["-m"] else 1 if arguments and not arguments[0].startswith("-") else 0
    words = arguments[:count]
    done = machine.run(program, *words, "--help")
    assert done.returncode == 0, done.stdout + done.stderr
    options = {word.partition("=")[0] for word in arguments if word.startswith("--")}
    assert [option for option in options if not re.search(rf"{option}\b", done.stdout)] == []


def test_the_commands_of_a_morning_run_as_written(machine: Machine) -> None:
    var = VarFolder("nordwaerts", machine.root / "var/lib/nordwaerts/var").create()
    ledger.append(var, "unchanged", at=dt.datetime.now(dt.UTC))
    metrics = machine.root / "run/nordwaerts-metrics/nordwaerts.prom"
    said = {}
    for path in COMMANDS:
        if "refresh" not in path.name:
            done = machine.run(*machine.command(path))
            assert done.returncode == 0, done.stdout + done.stderr
            said[path.name] = done.stdout
    assert said == {
        "nordwaerts-metrics.service": f"Geschrieben: {metrics}\n",
        "nordwaerts-notify.service": (
            "Kein Kanal ist angemeldet (NORDWAERTS_CHANNELS); gesendet wurde nichts. Anstehende Hinweise: 0.\n"
        ),
        "nordwaerts-watchdog.service": "",
    }
    assert "nordwaerts_last_success_timestamp_seconds" in metrics.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.attack("a refused night under an open umask · what it writes is closed")
def test_a_night_without_deliveries_runs_as_written(machine: Machine) -> None:
    """The refresh of the unit, from an empty inbox: refused in German, on the ledger, told, and closed to others."""
    done = machine.run(*machine.command(unit("nordwaerts-refresh.service")), umask=0)
    assert (done.returncode, "Es liegt keine Lieferung vor." in done.stdout) == (2, True), done.stdout + done.stderr
    var = VarFolder("nordwaerts", machine.root / "var/lib/nordwaerts/var")
    assert [entry.outcome for entry in ledger.read(var)] == ["refused"]
    assert "Anstehende Hinweise: 1." in machine.run(*machine.command(unit("nordwaerts-notify.service"))).stdout
    assert machine.run(*machine.command(unit("nordwaerts-watchdog.service"))).returncode == 0, "it did take place"
    opened = [path for path in var.root.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077]
    assert opened == []


def test_the_settings_of_the_orchestrator_are_put_in_place_as_written(machine: Machine) -> None:
    for path in UNITS:
        if settings(path, "ExecStartPre"):
            done = machine.run(*machine.command(path, "ExecStartPre"))
            assert done.returncode == 0, done.stderr
            home = Path(machine.environment()["DAGSTER_HOME"])
            assert "telemetry" in (home / "dagster.yaml").read_text(encoding="utf-8")


def status(port: int, path: str, method: str, headers: dict[str, str], body: bytes = b"", query: str = "") -> int:
    """What a real server answers a request with these headers."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asking.request(method, path + query, body, {"Content-Type": "application/json", **headers})
        return asking.getresponse().status
    finally:
        asking.close()


@pytest.mark.slow
@pytest.mark.enable_socket
@pytest.mark.attack(
    "a foreign page asks the real UI by post, websocket, link or a turned host name · refused by both servers"
)
@pytest.mark.parametrize("name", ["nordwaerts-webserver.service", "nordwaerts-webserver-readonly.service"])
def test_the_servers_start_as_written_and_the_auditors_can_change_nothing(machine: Machine, name: str) -> None:
    (machine.root / "opt/nordwaerts/workspace.yaml").write_text("load_from: []\n")  # the code location costs a minute
    machine.run(*machine.command(unit(name), "ExecStartPre"))
    command, port = machine.command(unit(name)), free_port()
    command[command.index("--port") + 1] = str(port)
    prefix = "/audit" if "readonly" in name else ""
    server = subprocess.Popen(
        command, cwd=machine.root / "opt/nordwaerts", env=machine.environment(), stderr=subprocess.DEVNULL
    )
    try:
        asked = json.dumps({"query": "{ permissions { permission value } }"}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{prefix}/graphql", asked, {"Content-Type": "application/json"}
        )
        for _ in range(120):
            try:
                answer = json.load(
                    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10)
                )
                break
            except OSError:
                assert server.poll() is None, "the server ended"
                time.sleep(0.5)
        allowed = {row["permission"] for row in answer["data"]["permissions"] if row["value"]}
        assert ("launch_pipeline_execution" in allowed) is ("readonly" not in name)
        if "readonly" in name:
            assert allowed == set()
        asked_of = functools.partial(status, port, f"{prefix}/graphql")
        own, foreign = {"Origin": f"http://127.0.0.1:{port}"}, {"Origin": "http://evil.example"}
        assert (asked_of("POST", own, asked), asked_of("POST", foreign, asked)) == (200, 403)
        assert (asked_of("GET", {**own, **UPGRADE}), asked_of("GET", {**foreign, **UPGRADE})) == (101, 403)
        assert asked_of("POST", {"Host": "evil.example"}, asked) == 400
        assert asked_of("GET", {}, query="?query=%7B%20permissions%20%7B%20permission%20%7D%20%7D") == 405
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_units_run_under_systemd(machine: Machine) -> None:
    state = (
        shutil.which("systemctl")
        and subprocess.run(
            ["systemctl", "is-system-running"], capture_output=True, text=True, check=False
        ).stdout.strip()
    )
    if state not in ("running", "degraded") or os.geteuid() != 0:
        pytest.skip(f"no systemd at work here (systemctl is-system-running: {state or 'missing'}), or not root")
    command = machine.command(unit("nordwaerts-watchdog.service"))
    closed = [
        f"--property={line}" for line in DROP_IN.read_text().splitlines() if line.startswith(("Protect", "NoNew"))
    ]
    told = [f"--setenv={name}={value}" for name, value in machine.environment().items() if name.startswith("NORD")]
    done = subprocess.run(
        ["systemd-run", "--wait", "--pipe", "--quiet", *closed, *told, *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 2), done.stderr
