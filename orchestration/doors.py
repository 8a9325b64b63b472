"""What the UI does not answer: requests another web page, or another name of this machine, may have made.

A browser sends a page's requests to every address it knows, with the rights of whoever sits before it. So the UI answers
under its own names only, takes nothing from the pages of others, changes nothing for a mere link, and is shown in no frame.
"""

import os

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OWN_NAMES = ("127.0.0.1", "localhost")
_FOREIGN = "Anfrage einer fremden Seite abgewiesen · request of a foreign page refused\n"
_BY_LINK = "Abfragen nur mit POST, nicht über einen Link · queries by POST only, not by a link\n"


def doors() -> list[Middleware]:
    """The doors, outermost first; NORDWAERTS_UI_HOSTS names hosts of a reverse proxy, with commas between them."""
    declared = os.environ.get("NORDWAERTS_UI_HOSTS", "").split(",")
    names = [*_OWN_NAMES, *(name.strip() for name in declared if name.strip())]
    return [Middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False), Middleware(Doors)]


class Doors:
    """Refuses requests and websockets of foreign origins, and GraphQL by GET, which would let a link change something."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may come in."""

        async def send_unframed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Frame-Options"] = "DENY"
            await send(message)

        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif refused := _refusal(HTTPConnection(scope)):
            await refused(scope, receive, send)
        else:
            await self.app(scope, receive, send_unframed)


def _refusal(asked: HTTPConnection) -> PlainTextResponse | None:
    origin, host = asked.headers.get("origin"), asked.headers["host"]
    if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
        return PlainTextResponse(_FOREIGN, 403)
    is_link = asked.scope["type"] == "http" and asked.scope["method"] != "POST"
    if is_link and asked.scope["path"].endswith("/graphql") and "query" in asked.query_params:
        return PlainTextResponse(_BY_LINK, 405, {"Allow": "POST"})
    return None
