"""Which notice went by which channel: `watch/notified.json` in a programme's folder, so that each is told once.

A notice counts as sent by a channel only after that channel took it. One sender at a time: a second one waits.
"""

import datetime as dt
import fcntl
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from release import reading
from release.atomic import write_whole
from release.layout import VarFolder
from release.reason import Language, Reason, ReleaseError
from watch.channels import ChannelFailed, MailChannel, WebhookChannel, deliver
from watch.message import Message
from watch.notices import Notice

_REMEMBERED = 1000


def send(
    var: VarFolder,
    channels: Sequence[MailChannel | WebhookChannel],
    found: Sequence[Notice],
    language: Language,
) -> tuple[dict[str, int], list[ChannelFailed]]:
    """Send by each channel what it tells and has not taken yet, in one message; channel → number of notices, failures.

    A channel that fails keeps the others from nothing. Raises ReleaseError where `notified.json` is not readable.
    """
    taken: dict[str, int] = {}
    failed: list[ChannelFailed] = []
    with _ledger_of_sent(var) as sent:
        for channel in channels:
            known = sent.get(channel.name, {})
            new = tuple(notice for notice in found if notice.kind in channel.tells and notice.key not in known)
            if not new:
                continue
            try:
                deliver(channel, Message(var.programme_id, language, _is_synthetic(var), new))
            except ChannelFailed as failure:
                failed.append(failure)
                continue
            at = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            known.update({notice.key: at for notice in new})
            sent[channel.name] = dict(list(known.items())[-_REMEMBERED:])
            write_whole(var.notified, (json.dumps(sent, ensure_ascii=False, indent=1) + "\n").encode())
            taken[channel.name] = len(new)
    return taken, failed


@contextmanager
def _ledger_of_sent(var: VarFolder) -> Iterator[dict[str, dict[str, str]]]:
    """Channel → key → moment, held by this process alone for the length of a with block."""
    var.notified.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with var.notified.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield _read(var)


def _read(var: VarFolder) -> dict[str, dict[str, str]]:
    try:
        sent: dict[str, dict[str, str]] = json.loads(var.notified.read_bytes())
        return {channel: dict(keys) for channel, keys in sent.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError):
        raise ReleaseError(
            Reason(
                de=f"{var.notified} ist nicht lesbar.",
                en=f"{var.notified} is not readable.",
                remedy_de="Löschen Sie die Datei; was noch ansteht, wird dann noch einmal gemeldet.",
                remedy_en="Delete the file; what still stands is then told once more.",
            )
        ) from None


def _is_synthetic(var: VarFolder) -> bool:
    release = reading.current_if_readable(var)
    return release is not None and release.manifest.is_synthetic
