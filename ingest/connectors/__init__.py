"""How deliveries are reached: one module per protocol, all answering the same question.

A connector is a function from a source, the inbox its deliveries come to (a folder, for protocols
that have one) and whether that is the sample set, to the files available there now, and to what it passed over. It neither
stores nor parses. `AvailableFile` carries what an
HTTP source needs as well: locator, request parameters, media type, the publisher's own version marker.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.findings import PassedOver
from programmes.sources import Source


@dataclass(frozen=True)
class AvailableFile:
    """One file that can be had now; `read` fetches its bytes once, and raises NotTaken where it is not what it was any more.

    Without `received_at` the moment of receipt counts. `changed_at` is when it was last written where it lies, as its
    publisher or file system says.
    """

    name: str
    locator: str
    media_type: str
    read: Callable[[], bytes]
    received_at: dt.datetime | None = None
    publisher_version: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    changed_at: dt.datetime | None = None


@dataclass(frozen=True)
class Look:
    """What one look at a source found: the files it takes, and what it passed over."""

    available: Sequence[AvailableFile]
    passed_over: Sequence[PassedOver] = ()


class NotTaken(Exception):
    """A file that was on offer and is none when it is read: it became something else meanwhile."""

    def __init__(self, passed_over: PassedOver) -> None:
        super().__init__(passed_over.sentence("en"))
        self.passed_over = passed_over


class FolderClosed(Exception):
    """A folder deliveries come to cannot be opened, so that nobody can say what lies there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder


Connector = Callable[[Source, Path, bool], Look]


def connector_for(source: Source) -> Connector:
    """The connector of the source's declared protocol."""
    from ingest.connectors import folder

    return {"folder": folder.look}[source.connector.protocol]
