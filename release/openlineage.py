"""A refresh as OpenLineage events: START and COMPLETE or FAIL, one JSON object each (specification 2-0-2).

What catalogues of other offices read. Inputs are deliveries by hash, outputs marts by hash; file names, people and figures
are in none. The events of a publication lie in its release, those of every refresh in the log. They are sent only where an
address is configured, and a sending that fails changes nothing about the refresh.
"""

import datetime as dt
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from release.manifest import Manifest
from release.reason import Reason

FILE = "openlineage.jsonl"
ADDRESS = "NORDWAERTS_OPENLINEAGE_URL"
_SECONDS = 5
_PRODUCER = "urn:nordwaerts-monitor:openlineage:v1"
_SPEC = "https://openlineage.io/spec"
Event = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """One refresh as catalogues know it: `run_id` is a UUID, `begun_at` has a time zone."""

    programme_id: str
    run_id: str
    begun_at: dt.datetime


def start(run: Run) -> Event:
    """That a refresh began."""
    return _event("START", run, run.begun_at)


def complete(run: Run, at: dt.datetime, contents: Manifest | None) -> Event:
    """That a refresh ended well: with the deliveries and marts of the release it published, None where it published none."""
    event = _event("COMPLETE", run, at)
    if contents:
        ids = dict.fromkeys(delivery.delivery_id for delivery in sorted(contents.deliveries))
        event["inputs"] = [_dataset(run, f"archive/objects/{each}", each) for each in ids]
        event["outputs"] = [
            _dataset(run, mart, table.sha256, {"outputStatistics": _rows(table.row_count)})
            for mart, table in sorted(contents.tables.items())
        ]
    return event


def fail(run: Run, at: dt.datetime, reasons: Iterable[Reason]) -> Event:
    """That a refresh was refused or broke off, and by which rules; sentences may quote what was delivered, so they stay."""
    rules = sorted({reason.rule or "broken" for reason in reasons}) or ["broken"]
    facet = {**_facet("1-0-1/ErrorMessageRunFacet"), "message": ", ".join(rules), "programmingLanguage": "PYTHON"}
    event = _event("FAIL", run, at)
    event["run"]["facets"] = {"errorMessage": facet}
    return event


def lines(events: Iterable[Event]) -> bytes:
    """Events as the bytes of a file, one a line."""
    return "".join(json.dumps(event, ensure_ascii=False, sort_keys=True) + "\n" for event in events).encode()


def send(events: Iterable[Event]) -> Reason | None:
    """Send events to the configured address, if there is one; why that failed, None where it did not. Raises nothing."""
    address = os.environ.get(ADDRESS, "")
    if not address:
        return None
    from urllib.request import Request, urlopen  # only who sends needs it

    try:
        if not address.startswith(("http://", "https://")):
            raise ValueError
        for event in events:
            request = Request(address, json.dumps(event).encode(), {"Content-Type": "application/json"}, method="POST")
            with urlopen(request, timeout=_SECONDS):
                pass
    except (OSError, ValueError) as error:
        return Reason(
            f"Die Herkunftsdaten (OpenLineage) wurden nicht gesendet ({type(error).__name__}); für den Stand ist das ohne Belang.",
            f"The lineage events (OpenLineage) were not sent ({type(error).__name__}); the release does not depend on it.",
            f"Prüfen Sie {ADDRESS}.",
            f"Check {ADDRESS}.",
            rule="openlineage",
        )
    return None


def _event(kind: Literal["START", "COMPLETE", "FAIL"], run: Run, at: dt.datetime) -> Event:
    return {
        "eventType": kind,
        "eventTime": at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "producer": _PRODUCER,
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run.run_id},
        "job": {"namespace": "nordwaerts-monitor", "name": f"{run.programme_id}.refresh"},
        "inputs": [],
        "outputs": [],
    }


def _dataset(run: Run, name: str, sha256: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    version = {**_facet("1-0-1/DatasetVersionDatasetFacet"), "datasetVersion": sha256}
    dataset = {"namespace": f"nordwaerts-monitor/{run.programme_id}", "name": name, "facets": {"version": version}}
    return {**dataset, "outputFacets": more} if more else dataset


def _rows(count: int) -> dict[str, Any]:
    return {**_facet("1-0-2/OutputStatisticsOutputDatasetFacet"), "rowCount": count}


def _facet(schema: str) -> dict[str, str]:
    name = schema.partition("/")[2]
    return {"_producer": _PRODUCER, "_schemaURL": f"{_SPEC}/facets/{schema}.json#/$defs/{name}"}
