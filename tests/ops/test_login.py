"""The reverse proxy of the example asks for a log-in, passes websockets on, and sends auditors to the read-only server."""

import base64
import http.server
import re
import shutil
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from machine import OPS, Machine
from ports import free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.skipif(not NGINX, reason="nginx is missing (Debian: nginx-light)"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is missing: no certificate, no password"),
    pytest.mark.enable_socket,
]
EXAMPLE = (OPS / "nginx.example.conf").read_text(encoding="utf-8")


class _StandIn(http.server.BaseHTTPRequestHandler):
    """A webserver that says which one it is and what it was asked."""

    def do_GET(self) -> None:
        told = [str(self.server.server_address[1]), self.path]
        told += [f"{name}={self.headers.get(name)}" for name in ("Authorization", "Upgrade", "Connection", "Host")]
        body = "\n".join(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Proxy:
    """nginx at work before two stand-ins; `ports` are those of office and auditors behind it."""

    port: int
    ports: tuple[int, int]

    def get(self, path: str, user: str | None = None, password: str = "right", **headers: str) -> tuple[int, list[str]]:
        """Status and lines of an answer."""
        if user:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
        )
        try:
            with opener.open(urllib.request.Request(f"https://127.0.0.1:{self.port}{path}", headers=headers)) as answer:
                return answer.status, answer.read().decode().splitlines()
        except urllib.error.HTTPError as refused:
            return refused.code, []


def start(machine: Machine, example: str) -> Iterator[Proxy]:
    """Start nginx with a configuration made of the example, paths and ports below this test's folder."""
    config, own = machine.root / "etc/nordwaerts", machine.root / "nginx"
    (config / "tls").mkdir()
    own.mkdir()
    key, certificate = config / "tls/monitor.key", config / "tls/monitor.crt"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=monitor.example.org",
    ]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    hashed = subprocess.run(["openssl", "passwd", "-apr1", "right"], check=True, capture_output=True, text=True).stdout
    for user in ("office", "auditors"):
        (config / f"{user}.htpasswd").write_text(f"{user}:{hashed}")
    stand_ins = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), _StandIn) for _ in range(2)]
    for server in stand_ins:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    port, (office, auditors) = free_port(), (server.server_address[1] for server in stand_ins)
    text = machine.placed(example).replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = text.replace("127.0.0.1:3000", f"127.0.0.1:{office}").replace("127.0.0.1:3001", f"127.0.0.1:{auditors}")
    temporary = "\n".join(
        f"{kind}_temp_path {own}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    workers = "user root;\n" if own.owner() == "root" else ""
    (own / "nginx.conf").write_text(
        f"{workers}daemon off;\npid {own}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}\n{text}\n}}\n"
    )
    proxy = subprocess.Popen(
        [str(NGINX), "-c", str(own / "nginx.conf"), "-p", str(own)], stderr=subprocess.PIPE, text=True
    )
    try:
        found = Proxy(port, (office, auditors))
        for _ in range(100):
            try:
                found.get("/")
                break
            except urllib.error.URLError:
                assert proxy.poll() is None, proxy.stderr and proxy.stderr.read()
                time.sleep(0.1)
        yield found
    finally:
        proxy.terminate()
        proxy.wait(timeout=10)
        for server in stand_ins:
            server.shutdown()
            server.server_close()


@pytest.fixture
def proxy(machine: Machine) -> Iterator[Proxy]:
    yield from start(machine, EXAMPLE)


@pytest.mark.attack("somebody on the network without a log-in, through the example proxy · sees nothing")
def test_without_a_log_in_nothing_is_seen(proxy: Proxy) -> None:
    for path in ("/", "/graphql", "/audit/", "/audit/graphql", "/audit/../graphql", "/audit/%2e%2e/graphql"):
        assert proxy.get(path) == (401, [])
        assert proxy.get(path, "office", "wrong") == (401, [])


def test_the_office_sees_its_server_and_auditors_the_read_only_one(proxy: Proxy) -> None:
    office, auditors = map(str, proxy.ports)
    status, told = proxy.get("/runs", "office")
    assert (status, told[:2]) == (200, [office, "/runs"])
    status, told = proxy.get("/audit/runs", "auditors")
    assert (status, told[:2]) == (200, [auditors, "/audit/runs"])
    assert proxy.get("/audit/runs", "office")[0] == 401
    for path in ("/", "/graphql", "/audit/../graphql", "/audit/%2e%2e/graphql"):
        assert proxy.get(path, "auditors")[0] == 401


@pytest.mark.attack("a password given to the proxy · never reaches the server behind it")
def test_the_server_behind_never_sees_the_password(proxy: Proxy) -> None:
    assert "Authorization=None" in proxy.get("/", "office")[1]


def test_websockets_are_passed_on(proxy: Proxy) -> None:
    assert "Upgrade=websocket" in proxy.get("/graphql", "office", Upgrade="websocket", Connection="Upgrade")[1]
    assert {"Upgrade=None", "Connection=close"} <= set(proxy.get("/graphql", "office")[1])


def test_the_address_of_the_page_is_passed_on_because_the_server_compares_it(proxy: Proxy) -> None:
    assert f"Host=127.0.0.1:{proxy.port}" in proxy.get("/", "office")[1]


def test_an_example_without_its_log_in_is_noticed(machine: Machine) -> None:
    open_door = re.sub(r"^ *auth_basic\w* .*$", "", EXAMPLE, flags=re.M)
    for proxy in start(machine, open_door):
        with pytest.raises(AssertionError):
            test_without_a_log_in_nothing_is_seen(proxy)


def test_the_example_listens_with_tls_only() -> None:
    assert re.findall(r"^\s*listen (.+);", EXAMPLE, flags=re.M) == ["443 ssl"]
    assert Path(OPS / "nginx.example.conf").name in (OPS / "systemd/nordwaerts-webserver.service").read_text(
        encoding="utf-8"
    )
