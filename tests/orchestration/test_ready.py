"""`make ui` and the set-up say what they do: the waiting script on a server that comes late, the set-up with a made-up pip."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from orchestration import ready

ROOT = Path(__file__).resolve().parents[2]


class _Server(BaseHTTPRequestHandler):
    """Answers as Dagster's webserver does, and nothing else."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/server_info" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.enable_socket
def test_the_address_is_told_once_the_server_answers_and_not_before(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWAERTS_SAMPLE", "1")
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    waiting = threading.Thread(target=ready.main, args=[address])
    waiting.start()
    time.sleep(1)
    assert capsys.readouterr().out == ""
    with HTTPServer(("127.0.0.1", port), _Server) as server:
        threading.Thread(target=server.serve_forever).start()
        waiting.join(timeout=20)
        server.shutdown()
    said = capsys.readouterr().out.split("\n")
    assert said[1:-2] == [
        f"Bereit · ready: {address}",
        "nordwärts, Dortmund (nordwaerts): Musterlieferungen, keine amtlichen Angaben · "
        "sample deliveries, no official figures",
    ]


@pytest.mark.enable_socket
def test_waiting_ends_when_the_time_is_up() -> None:
    assert not ready.wait(f"http://127.0.0.1:{_free_port()}", patience=0.6)


@pytest.mark.enable_socket
def test_waiting_ends_with_what_it_waits_beside() -> None:
    """Whoever reads the output reads on until the last process that holds it has ended."""
    beside = f"{sys.executable} -m orchestration.ready http://127.0.0.1:{_free_port()} & exec sleep 4"
    done = subprocess.run(
        ["bash", "-c", beside],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("code", [0, 1])
def test_the_set_up_says_what_it_does_without_control_characters(code: int, tmp_path: Path) -> None:
    """A made-up interpreter stands for pip: it names 30 packages, then ends well or not."""
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(
        "#!/bin/sh\ncase \"$*\" in *--require-hashes*)\n"
        "for each in $(seq 30); do echo \"Collecting package-$each\"; done\n"
        f"echo 'Installing collected packages: all'; exit {code};; esac\n"
    )  # fmt: skip
    python.chmod(0o755)
    make = shutil.which("make")
    assert make, "the set-up is a make target"
    done = subprocess.run(
        [make, "--no-print-directory", f"VENV={tmp_path}", f"PYTHON={sys.executable}", str(tmp_path / ".ready")],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Pakete werden installiert") and "installing packages" in lines[0]
    assert lines[1].startswith("  25 / ") and "Dateien werden abgelegt" in lines[2]
    assert all(line.isprintable() for line in lines)
    assert (done.returncode == 0) is (code == 0) is (tmp_path / ".ready").exists()
