"""Channels by which notices leave the machine, as declared in one file: mail over SMTP, and webhooks.

Strict: an unknown key is an error, a secret never stands in the file but is named by environment variable or systemd
credential, and no secret goes over an open line. A channel takes a whole message or raises ChannelFailed; what the
other side answered is never repeated, save its number.
"""

import json
import os
import smtplib
import ssl
import urllib.error
import urllib.request
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from programmes.errors import StatedError
from programmes.faults import first_fault
from watch.message import Message
from watch.notices import KINDS, Kind

VARIABLE = "NORDWAERTS_CHANNELS"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
Line = Annotated[str, Field(min_length=1, pattern=r"^[^\r\n]*$")]


class ChannelFailed(StatedError):
    """A channel did not take a message; it is offered again by the next run."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Secret(_Declared):
    """Where a password or token comes from: an environment variable or a systemd credential, never the file."""

    environment: Annotated[str, Field(pattern=r"^[A-Z_][A-Z0-9_]*$")] | None = None
    credential: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$")] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.environment is None) == (self.credential is None):
            raise ValueError(
                "environment oder credential nennen, eines von beiden · name either environment or credential"
            )
        return self

    def read(self) -> str:
        """The secret itself; raises StatedError, which names the place and not the secret."""
        found = os.environ.get(self.environment, "") if self.environment else self._credential()
        if not found:
            place = self.environment or self.credential
            raise StatedError(f"Das Geheimnis {place} ist nicht hinterlegt", f"Secret {place} is not there")
        return found

    def _credential(self) -> str:
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        path = Path(folder or "") / str(self.credential)
        return path.read_text(encoding="utf-8").strip() if folder and path.is_file() else ""


class _Channel(_Declared):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    tells: tuple[Kind, ...] = KINDS
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 20


class MailChannel(_Channel):
    """One mailbox, reached over SMTP; several people are a distribution list, or several channels."""

    kind: Literal["mail"]
    host: Line
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Literal["tls", "starttls", "none"]
    sender: Line
    recipient: Line
    user: Line | None = None
    password: Secret | None = None

    @model_validator(mode="after")
    def _closed_line(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("user und password gehören zusammen · user and password go together")
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError(
                "security: none gilt nur für einen Mailserver auf diesem Rechner · "
                "security: none is for a mail server on this machine only"
            )
        return self

    def deliver(self, message: Message) -> None:
        """Hand one mail to the server."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, self.recipient, message.subject
        mail["Date"], mail["Message-ID"] = formatdate(localtime=True), make_msgid(domain="nordwaerts.invalid")
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        tls = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_seconds, context=tls)
            if self.security == "tls"
            else smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)
        ) as server:
            if self.security == "starttls":
                server.starttls(context=tls)
            if self.user and self.password:
                server.login(self.user, self.password.read())
            server.send_message(mail)


class WebhookChannel(_Channel):
    """One address that takes a JSON object by POST and answers with a 2xx; redirects are not followed."""

    kind: Literal["webhook"]
    url: Line | None = None
    url_from: Secret | None = None
    token: Secret | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.url is None) == (self.url_from is None):
            raise ValueError("url oder url_from nennen, eines von beiden · name either url or url_from")
        if self.url and not _is_closed_line(self.url):
            raise ValueError(
                "url muss mit https:// beginnen oder diesen Rechner nennen · "
                "url must begin with https://, or name this machine"
            )
        return self

    def deliver(self, message: Message) -> None:
        """Post one message: programme, language, the whole text, and each notice with kind, key and sentence."""
        url = self.url or (self.url_from.read() if self.url_from else "")
        if not _is_closed_line(url):
            raise StatedError("Die Adresse beginnt nicht mit https://", "The address does not begin with https://")
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token.read()}"
        body = json.dumps(message.to_json(), ensure_ascii=False).encode()
        request = urllib.request.Request(url, body, headers, method="POST")
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=self.timeout_seconds):
            pass


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        """Follow nowhere: a redirected POST would arrive as a GET, without its message."""


Channel = Annotated[MailChannel | WebhookChannel, Field(discriminator="kind")]


class Channels(_Declared):
    """The whole file."""

    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [channel.name for channel in self.channels]
        if len(set(names)) < len(names):
            raise ValueError("zwei Kanäle heißen gleich · two channels have the same name")
        return self


def declared_channels() -> tuple[MailChannel | WebhookChannel, ...] | None:
    """The channels of the file NORDWAERTS_CHANNELS names, None without that variable; raises StatedError."""
    named = os.environ.get(VARIABLE)
    return load_channels(Path(named)) if named else None


def load_channels(path: Path) -> tuple[MailChannel | WebhookChannel, ...]:
    """The channels a file declares; raises StatedError with place and rule, and without what stands there."""
    import yaml

    try:
        return Channels.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).channels
    except ValidationError as error:
        found, german, english = first_fault(error)
        place = ", ".join([path.name, *([".".join(map(str, found))] if found else [])])
        raise StatedError(
            f"Die Kanäle sind nicht richtig angemeldet ({place}: {german}). Das Muster ist ops/channels.example.yml.",
            f"The channels are not declared well ({place}: {english}). The pattern is ops/channels.example.yml.",
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise StatedError(
            f"{path} ist nicht als YAML lesbar. Prüfen Sie {VARIABLE}, Rechte und Schreibweise.",
            f"{path} cannot be read as YAML. Check {VARIABLE}, permissions and spelling.",
        ) from None


def deliver(channel: MailChannel | WebhookChannel, message: Message) -> None:
    """Let a channel take a message; raises ChannelFailed with what to do."""
    try:
        channel.deliver(message)
    except StatedError as stated:
        why_de, why_en = stated.german, stated.english
    except (OSError, smtplib.SMTPException, HTTPException, ValueError) as error:
        number = getattr(error, "code", None) or getattr(error, "smtp_code", None)
        why_de = why_en = f"{type(error).__name__}{f' {number}' if number else ''}"
    else:
        return
    raise ChannelFailed(
        f"Der Kanal „{channel.name}“ hat die Nachricht nicht angenommen ({why_de}). Prüfen Sie seinen Eintrag in der Datei "
        f"aus {VARIABLE} und die Gegenstelle; der nächste Lauf versucht es noch einmal.",
        f"Channel '{channel.name}' did not take the message ({why_en}). Check its entry in the file {VARIABLE} names, and "
        "the other side; the next run tries again.",
    )


def _is_closed_line(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )
