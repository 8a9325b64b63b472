"""Code, declarations and lock file as they were, as one archive that goes with a release: what makes it anew.

What the fingerprint of the code covers, what else a refresh needs to run, and the files of the programme folder under
`programme/`; no deliveries (they are in the archive), nothing written, nothing secret. The same files give the same bytes
on every machine: sorted, without times, owners or rights of their own.
"""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from programmes.model import Programme
from programmes.settings import Engine
from refresh.context import PROJECT_ROOT
from refresh.fingerprint import LOCKS, code_files

PROGRAMME = "programme"
_BESIDE = (  # a refresh reads them, no figure depends on them
    "pyproject.toml",
    "dbt_project/analyses/split_of_changes.sql",
    "dbt_project/profiles.yml",
    "orchestration/dagster.yaml",
    "orchestration/refresh.yaml",
    "release/refresh_page.html.jinja",
)


def source_archive(programme: Programme, engine: Engine = "duckdb") -> bytes:
    """The archive of the code at work on this engine and of this programme, an uncompressed tar."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, path in sorted(_files(programme, engine)):
            content = path.read_bytes()
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o644
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def lock_file(engine: Engine) -> bytes | None:
    """The packages a refresh on this engine works with, with their hashes; None where an installed package has no lock file beside it."""
    path = PROJECT_ROOT / LOCKS[engine]
    return path.read_bytes() if path.is_file() else None


def _files(programme: Programme, engine: Engine) -> Iterator[tuple[str, Path]]:
    for path in {*code_files(engine), *(PROJECT_ROOT / name for name in _BESIDE)}:
        if path.is_file():
            yield path.relative_to(PROJECT_ROOT).as_posix(), path
    for path in programme.declaration_files():
        yield f"{PROGRAMME}/{path.relative_to(programme.folder).as_posix()}", path
