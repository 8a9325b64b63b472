"""What a foreign web page can ask of the UI: nothing. The same is asked of a real server in tests/ops/test_units.py."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from orchestration import dev
from orchestration.doors import doors

HERE = "http://127.0.0.1:3000"
WEBSOCKETS = "ws://127.0.0.1:3000"
FOREIGN = [
    "http://evil.example",
    "https://127.0.0.1:3001",
    "http://localhost:3000",
    "null",
    "",
    "http://127.0.0.1:3000.evil.example",
]


def ui(address: str = HERE) -> TestClient:
    """A stand-in for the UI behind the doors, asked under an address."""

    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"done: {request.method}")

    async def greet(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("done")
        await websocket.close()

    routes = [
        Route("/graphql", answer, methods=["GET", "POST"]),
        WebSocketRoute("/graphql", greet),
        Route("/runs", answer),
    ]
    return TestClient(Starlette(routes=[*routes, Mount("/audit", routes=routes)], middleware=doors()), base_url=address)


@pytest.mark.parametrize("address", [HERE, "http://localhost:3000"])
def test_the_ui_answers_its_own_page(address: str) -> None:
    own = {"Origin": address}
    assert ui(address).post("/graphql", headers=own).text == "done: POST"
    assert ui(address).post("/graphql").text == "done: POST", "a program sends no origin"
    assert ui(address).get("/runs?query=x").text == "done: GET"
    assert ui(address).get("/graphql").text == "done: GET", "the page to try queries with"
    with ui(address).websocket_connect(address.replace("http", "ws") + "/graphql", headers=own) as socket:
        assert socket.receive_text() == "done"


@pytest.mark.attack("a page of another host whose name was turned to this machine (DNS rebinding) · refused with 400")
@pytest.mark.parametrize("host", ["evil.example", "evil.example:3000", "127.0.0.1.evil.example", "192.0.2.1:3000", ""])
def test_a_foreign_host_is_refused(host: str) -> None:
    assert ui().post("/graphql", headers={"Host": host}).status_code == 400
    assert ui().get("/runs", headers={"Host": host}).status_code == 400
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        ui().websocket_connect(WEBSOCKETS + "/graphql", headers={"Host": host}),
    ):
        pass
    assert denied.value.status_code == 400


@pytest.mark.attack("another web page posts to the UI or opens its websocket · refused with 403")
@pytest.mark.parametrize("path", ["/graphql", "/audit/graphql"])
@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_refused(origin: str, path: str) -> None:
    refused = ui().post(path, headers={"Origin": origin})
    assert (refused.status_code, "foreign page" in refused.text) == (403, True)
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        ui().websocket_connect(WEBSOCKETS + path, headers={"Origin": origin}),
    ):
        pass
    assert denied.value.status_code == 403


@pytest.mark.attack("a link or picture that starts a run by GET · refused with 405")
@pytest.mark.parametrize("path", ["/graphql", "/audit/graphql"])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_link_changes_nothing(path: str, accept: str) -> None:
    refused = ui().get(path, params={"query": "mutation { x }"}, headers={"Accept": accept})
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")


@pytest.mark.attack("the UI in a frame of another page, to catch a click · forbidden to every browser")
def test_no_page_shows_the_ui_in_a_frame() -> None:
    assert ui().get("/runs").headers["X-Frame-Options"] == "DENY"


def test_a_reverse_proxy_has_its_declared_names_and_its_own_page(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://monitor.example.org"
    assert ui(address).get("/runs").status_code == 400
    monkeypatch.setenv("NORDWAERTS_UI_HOSTS", "other.example.org, monitor.example.org")
    assert ui(address).post("/graphql", headers={"Origin": address}).text == "done: POST"
    assert ui(address).post("/graphql", headers={"Origin": "https://other.example.org"}).status_code == 403


def test_make_ui_starts_the_guarded_webserver_and_the_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(dev, "open_ipc_subprocess", lambda parts, **_: started.append(parts))
    dev.start(["python", "-m", "dagster_webserver", "--port", "3000"], pass_fds=[3])
    dev.start(["python", "-m", "dagster._daemon", "run"], pass_fds=[3])
    assert started == [
        ["python", "-m", "orchestration.webserver", "--port", "3000"],
        ["python", "-m", "dagster._daemon", "run"],
    ]
