"""What is told of a refresh outside: which files it was made by, its OpenLineage events into the log and to an address.

Telling comes last and changes nothing: what cannot be written or sent is said in a sentence, the outcome stays. What the
events look like stands in `release.openlineage`, what is signed in `release.provenance`.
"""

from collections.abc import Iterable
from contextlib import suppress

from programmes.model import Programme
from programmes.settings import Engine
from refresh.context import PROJECT_ROOT, RefreshContext
from refresh.fingerprint import LOCKS
from release import ledger, log, openlineage, reading
from release.atomic import sha256_of
from release.openlineage import Event, Run
from release.reason import Reason, ReleaseError


def made_by(programme: Programme, engine: Engine) -> dict[str, str]:
    """Declaration files and lock file by name, with the SHA-256 of their bytes, for the signed statement of a release."""
    named = {
        f"programmes/{programme.settings.programme_id}/{path.relative_to(programme.folder).as_posix()}": path
        for path in programme.declaration_files()
    }
    named[LOCKS[engine]] = PROJECT_ROOT / LOCKS[engine]
    return {name: sha256_of(path) for name, path in named.items() if path.is_file()}


def tell(context: RefreshContext, run: Run, outcome: ledger.Outcome | None, reasons: Iterable[Reason]) -> None:
    """Note and send what came of a refresh."""
    events = _events(context, run, outcome, reasons)
    log.lines(context.var, openlineage.FILE, openlineage.lines(events))
    if failed := openlineage.send(events):
        log.event(context.var, "lineage_not_sent", context.now(), rule=failed.rule)
        context.progress(failed.text("de"), failed.text("en"))


def _events(
    context: RefreshContext, run: Run, outcome: ledger.Outcome | None, reasons: Iterable[Reason]
) -> list[Event]:
    contents = None
    if outcome in ledger.FAILED or outcome is None:
        return [openlineage.start(run), openlineage.fail(run, context.now(), reasons)]
    if outcome == "published":
        with suppress(ReleaseError):
            release = reading.current(context.var)
            contents = release.manifest if release else None
    return [openlineage.start(run), openlineage.complete(run, context.now(), contents)]
