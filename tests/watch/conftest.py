"""Nights, servers that take messages, and a way to declare channels."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from made_up_nights import Nights
from receivers import Hook, Mailbox, serving_hook, serving_mail

from release.layout import VarFolder


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(VarFolder("nordwaerts", tmp_path / "var").create(), tmp_path)


@pytest.fixture
def mailbox(socket_enabled) -> Iterator[Mailbox]:
    with serving_mail() as box:
        yield box


@pytest.fixture
def hook(socket_enabled) -> Iterator[Hook]:
    with serving_hook() as found:
        yield found


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Declare channels: write the file and name it by the variable."""

    def write(text: str) -> Path:
        path = tmp_path / "channels.yml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("NORDWAERTS_CHANNELS", str(path))
        return path

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return write
