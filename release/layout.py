"""Where everything the system writes lies: one folder per programme under `var`.

What must be backed up, `release.backup` knows; `build` and `staging` can be deleted at any time. The
folder is readable by its owner alone; who else may read releases, `release.rights` knows.
"""

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from release import rights
from release.places import PROJECT, refuse_place
from release.reason import Reason, ReleaseError

_PROGRAMME_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


def var_root() -> Path:
    """The root of all that is written: the folder NORDWAERTS_VAR names, else `var` in the project.

    Raises ReleaseError where that is a folder of the machine, of the code or of those who deliver.
    """
    return refuse_place(_named_folder("NORDWAERTS_VAR", "var"), _inboxes())


def inbox_root() -> Path:
    """Where offices put their deliveries: the folder NORDWAERTS_INBOX names, else `inbox` in the project."""
    return _named_folder("NORDWAERTS_INBOX", "inbox")


def kept_folders() -> list[Path]:
    """What the system keeps: working folder and inbox, in which nothing else is put."""
    return [var_root(), *_inboxes()]


def _inboxes() -> list[Path]:
    """The inbox; none in an installation whose inbox nobody named."""
    with suppress(ReleaseError):
        return [inbox_root()]
    return []


def _named_folder(variable: str, default: str) -> Path:
    """The folder a variable names; raises ReleaseError where it names none and the packages lie in no project.

    Beside installed packages lies nothing but other packages, and the next installation would overwrite it.
    """
    named = os.environ.get(variable)
    if named:
        return Path(named).expanduser().absolute()
    if (PROJECT / "pyproject.toml").is_file():
        return PROJECT / default
    raise ReleaseError(
        Reason(
            de=f"Dies ist eine Installation ohne Projektordner, und {variable} nennt keinen Ordner.",
            en=f"This is an installation without a project folder, and {variable} names no folder.",
            remedy_de=f"Setzen Sie {variable} auf einen Ordner, der gesichert wird.",
            remedy_en=f"Set {variable} to a folder that is backed up.",
        )
    )


@dataclass(frozen=True)
class VarFolder:
    """The folder of one programme and the places in it; nothing is created before `create`."""

    programme_id: str
    root: Path = field(default_factory=var_root)

    def __post_init__(self) -> None:
        if not _PROGRAMME_ID.fullmatch(self.programme_id):
            raise ReleaseError(
                Reason(
                    de=f"„{self.programme_id}“ ist kein Programmkürzel.",
                    en=f"'{self.programme_id}' is not a programme id.",
                    remedy_de="Nennen Sie den Ordnernamen unter programmes/, zum Beispiel nordwaerts.",
                    remedy_en="Give the name of a folder in programmes/, such as nordwaerts.",
                )
            )

    @property
    def folder(self) -> Path:
        """Everything of this programme."""
        return self.root / self.programme_id

    @property
    def begun(self) -> Path:
        """The mark of a refresh that has no ledger line yet: it is at work, or died."""
        return self.folder / "begun.json"

    @property
    def announced(self) -> Path:
        """The ledger line of a publication at work; there only between the switch of readers and that line."""
        return self.folder / "announced.json"

    @property
    def archive(self) -> Path:
        """Deliveries as they came, by SHA-256, with receipts."""
        return self.folder / "archive"

    @property
    def vintages(self) -> Path:
        """Accepted and rejected rows of deliveries as they landed before, by content; can be deleted at any time."""
        return self.folder / "vintages"

    @property
    def staging(self) -> Path:
        """Landed candidates that have not passed gate 1."""
        return self.folder / "staging"

    @property
    def landed(self) -> Path:
        """Promoted tables: what dbt reads."""
        return self.folder / "landed"

    @property
    def rejected(self) -> Path:
        """Rejected rows with their reasons."""
        return self.folder / "rejected"

    @property
    def build(self) -> Path:
        """The private build database and exports on their way to a release."""
        return self.folder / "build"

    @property
    def objects(self) -> Path:
        """Published Parquet by SHA-256; releases are hard links into it."""
        return self.folder / "objects"

    @property
    def sources(self) -> Path:
        """Code, declarations and lock file that releases were made with, by SHA-256 of the archive."""
        return self.folder / "sources"

    def source(self, sha256: str) -> Path:
        """The source archive of that hash, which is over the archive before it was compressed."""
        return self.sources / f"{sha256}.tar.gz"

    @property
    def releases(self) -> Path:
        """One immutable folder per release, and the link `current`."""
        return self.folder / "releases"

    @property
    def current(self) -> Path:
        """The relative link to the release readers see."""
        return self.releases / "current"

    @property
    def ledger(self) -> Path:
        """One line per refresh, whatever came of it."""
        return self.folder / "ledger.jsonl"

    @property
    def ledger_head(self) -> Path:
        """How many lines the ledger has and the hash of the last, signed."""
        return self.folder / "ledger_head.json"

    @property
    def signing(self) -> Path:
        """The private key this programme signs with, unless the environment names another; not backed up."""
        return self.folder / "signing"

    @property
    def signing_key(self) -> Path:
        """The PEM file of that key, readable by its owner alone."""
        return self.signing / "key.pem"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME of this programme."""
        return self.folder / "dagster"

    @property
    def last_refusal(self) -> Path:
        """Why a delivery was not taken over, in plain words; absent when all is cleared up."""
        return self.folder / "last_refusal.txt"

    @property
    def last_refresh(self) -> Path:
        """What the last refresh found in the inbox, as JSON; can be deleted at any time."""
        return self.folder / "last_refresh.json"

    @property
    def refresh_page(self) -> Path:
        """The last refresh as a page for people; can be deleted at any time."""
        return self.folder / "last_refresh.html"

    @property
    def log(self) -> Path:
        """Events of refreshes as JSON lines, and where broken ones broke off; can be deleted at any time."""
        return self.folder / "log"

    @property
    def notified(self) -> Path:
        """Which notice went by which channel; without it, what still stands is told once more."""
        return self.folder / "watch" / "notified.json"

    @property
    def told(self) -> Path:
        """What public editions ever told of counts of people; what is published next must not add the last piece."""
        return self.folder / "told.parquet"

    @property
    def site(self) -> Path:
        """The public pages, by release, where nobody names another folder."""
        return self.folder / "site"

    @property
    def internal_site(self) -> Path:
        """The pages for the office alone, by release, where nobody names another folder."""
        return self.folder / "site-internal"

    @property
    def lock(self) -> Path:
        """The file a running refresh holds locked."""
        return self.folder / "refresh.lock"

    def create(self) -> "VarFolder":
        """Make what is missing, close it to others, open releases to the declared readers, and return self."""
        with rights.closed():
            self.folder.mkdir(parents=True, exist_ok=True)
            for place in (
                self.archive,
                self.staging,
                self.landed,
                self.rejected,
                self.build,
                self.objects,
                self.releases,
                self.dagster,
            ):
                place.mkdir(exist_ok=True)
        self.archive.chmod(0o700)
        rights.settle(self.folder, self.releases)
        return self
