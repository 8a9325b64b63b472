"""Servers on this machine that take messages: one that speaks SMTP, one that takes posts."""

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from made_up_nights import VALUE


@dataclass
class Mailbox:
    """What a mail server on this machine was handed: commands in order, and each message as it came."""

    port: int
    takes: bool = True
    commands: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self._say("220 ready")
        while line := self.rfile.readline():
            command = line.decode().strip()
            box.commands.append(command)
            word = command.split()[0].upper()
            if word in ("EHLO", "HELO"):
                self.wfile.write(b"250-here\r\n250 AUTH PLAIN\r\n")
            elif word == "RCPT" and not box.takes:
                self._say(f"550 {VALUE} no such mailbox")
            elif word == "DATA":
                self._say("354 go on")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                box.mails.append(body)
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("235 welcome" if word == "AUTH" else "250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@dataclass
class Hook:
    """What an address on this machine was posted; it answers with `status`."""

    url: str
    status: int = 204
    posts: list[dict] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


class _Http(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook: Hook = self.server.hook  # type: ignore[attr-defined]
        hook.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        hook.headers.append(dict(self.headers))
        self.send_response(hook.status)
        if 300 <= hook.status < 400:
            self.send_header("Location", hook.url)
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def serving_mail() -> Iterator[Mailbox]:
    """A mail server at work for the length of a with block."""
    with _at_work(socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp)) as server:
        server.box = Mailbox(server.server_address[1])  # type: ignore[attr-defined]
        yield server.box  # type: ignore[attr-defined]


@contextmanager
def serving_hook() -> Iterator[Hook]:
    """An address that takes posts, for the length of a with block."""
    with _at_work(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Http)) as server:
        server.hook = Hook(f"http://127.0.0.1:{server.server_address[1]}/hook")  # type: ignore[attr-defined]
        yield server.hook  # type: ignore[attr-defined]


@contextmanager
def _at_work(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
