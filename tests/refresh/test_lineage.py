"""What a refresh leaves for auditors and catalogues: a folder that verifies after any night, events that are valid, sent or not."""

import http.server
import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from made_up_office import TINY_CITY, places
from nightly_office import NightlyOffice, before_the_first_night

from refresh.lineage import made_by
from refresh.run import RefreshRun, open_run
from release import ledger, openlineage, reading
from release.envelope import opened
from release.signing import VARIABLE, SigningError
from release.verifying import verified

CITY_2020 = (TINY_CITY / "sample" / "statistik" / "synthetisch_viertel.csv").read_text(encoding="utf-8")
FACET = {"type": "object", "required": ["_producer", "_schemaURL"]}
FACETS = {"type": "object", "additionalProperties": FACET}
DATASET = {
    "type": "object",
    "required": ["namespace", "name"],
    "properties": {"facets": FACETS, "inputFacets": FACETS, "outputFacets": FACETS},
}
RUN_EVENT = {  # what specification 2-0-2 asks of a run event
    "type": "object",
    "required": ["eventType", "eventTime", "producer", "schemaURL", "run", "job"],
    "properties": {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "eventTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "producer": {"type": "string", "pattern": "^[a-z]+:.+"},
        "schemaURL": {
            "type": "string",
            "pattern": "^https://openlineage.io/spec/2-0-2/OpenLineage.json#/.defs/RunEvent$",
        },
        "run": {
            "type": "object",
            "required": ["runId"],
            "properties": {"runId": {"pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}, "facets": FACETS},
        },
        "job": {"type": "object", "required": ["namespace", "name"], "properties": {"facets": FACETS}},
        "inputs": {"type": "array", "items": DATASET},
        "outputs": {"type": "array", "items": DATASET},
    },
}


@pytest.fixture
def office(tmp_path: Path) -> NightlyOffice:
    made = before_the_first_night(tmp_path)
    assert made.night().outcome == "published"
    return made


def events(path: Path) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for event in found:
        jsonschema.validate(event, RUN_EVENT)
    return found


def test_the_folder_verifies_after_nights_that_published_refused_or_had_nothing_to_do(office: NightlyOffice) -> None:
    office.put("statistik", "kaputt.csv", CITY_2020.splitlines()[0] + "\n")
    assert office.night().outcome == "refused"
    (office.inbox / "statistik" / "kaputt.csv").unlink()
    office.put("vereine", "2021.csv", places(2021))
    assert office.night().outcome == "published"
    assert office.night().outcome == "unchanged"
    found = verified(office.var, None)
    assert [reason.en for reason in found.findings] == []
    assert (len(found.release_ids), found.line_count, found.unsigned_count) == (2, 4, 0)
    lines = ledger.read(office.var)
    assert [len(line.archived) for line in lines] == [2, 1, 1, 0], "each receipt on the line of the night it came in"
    assert stat.S_IMODE(office.var.signing_key.stat().st_mode) == 0o600
    assert stat.S_IMODE(office.var.signing.stat().st_mode) == 0o700
    private = office.var.signing_key.read_bytes().splitlines()[1]
    told = [path for path in office.var.folder.rglob("*") if path.is_file() and path != office.var.signing_key]
    assert not any(private in path.read_bytes() for path in told)


def test_the_signed_statement_names_declarations_and_lock_file(office: NightlyOffice) -> None:
    release = reading.current(office.var)
    assert release is not None
    envelope = opened((release.folder / "provenance.dsse.json").read_bytes())
    assert envelope is not None
    definition = envelope.statement["predicate"]["buildDefinition"]
    named = {each["name"]: each["digest"]["sha256"] for each in definition["resolvedDependencies"]}
    expected = made_by(office.context().programme, "duckdb")
    assert {"programmes/kleinstadt/indicators.csv", "requirements.lock"} <= expected.keys()
    assert expected.items() <= named.items()
    assert {f"archive/objects/{each.delivery_id}" for each in release.manifest.deliveries} <= named.keys()
    assert {"refresh.html", "openlineage.jsonl"} <= {each["name"] for each in envelope.statement["subject"]}


def test_a_release_carries_the_events_of_its_refresh(office: NightlyOffice) -> None:
    release = reading.current(office.var)
    assert release is not None
    start, complete = events(release.folder / openlineage.FILE)
    assert (start["eventType"], complete["eventType"]) == ("START", "COMPLETE")
    assert start["run"] == complete["run"]
    assert start["job"] == {"namespace": "nordwaerts-monitor", "name": "kleinstadt.refresh"}
    versions = {each["name"]: each["facets"]["version"]["datasetVersion"] for each in complete["outputs"]}
    assert versions == {mart: table.sha256 for mart, table in release.manifest.tables.items()}
    ids = {each["facets"]["version"]["datasetVersion"] for each in complete["inputs"]}
    assert ids == {each.delivery_id for each in release.manifest.deliveries}
    assert "2020.csv" not in (release.folder / openlineage.FILE).read_text(encoding="utf-8")


def test_the_log_has_the_events_of_every_night_and_no_sentence_about_a_delivery(office: NightlyOffice) -> None:
    office.put("statistik", "kaputt.csv", CITY_2020.splitlines()[0] + "\n")
    office.night()
    found = events(office.var.log / openlineage.FILE)
    assert [event["eventType"] for event in found] == ["START", "COMPLETE", "START", "FAIL"]
    assert len({event["run"]["runId"] for event in found}) == 2
    assert found[3]["run"]["facets"]["errorMessage"]["message"]
    assert "kaputt.csv" not in json.dumps(found)


@pytest.fixture
def catalogue(socket_enabled) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An address on this machine and what was posted to it."""
    posts: list[dict[str, Any]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1/lineage", posts
    server.shutdown()
    server.server_close()


def test_events_are_sent_where_an_address_is_configured(
    office: NightlyOffice, catalogue: tuple[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, posts = catalogue
    office.night()
    assert posts == [], "without an address nothing is sent"
    monkeypatch.setenv(openlineage.ADDRESS, address)
    office.night()
    assert [post["eventType"] for post in posts] == ["START", "COMPLETE"]
    assert posts == events(office.var.log / openlineage.FILE)[-2:]


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/none", "file:///etc/hostname", "nonsense"])
def test_what_cannot_be_sent_is_said_and_changes_nothing(
    office: NightlyOffice, address: str, socket_enabled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(openlineage.ADDRESS, address)
    assert office.night().outcome == "unchanged"
    assert "lineage_not_sent" in (office.var.log / "refresh.jsonl").read_text(encoding="utf-8")
    failed = openlineage.send([{}])
    assert failed is not None and "were not sent" in failed.en and openlineage.ADDRESS in failed.remedy_de


def test_a_key_of_the_environment_signs_and_one_that_others_can_read_stops_the_refresh_before_it_begins(
    office: NightlyOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(office.var.signing_key.read_bytes())
    monkeypatch.setenv(VARIABLE, str(key))
    before = office.var.ledger.read_bytes()
    for make_unusable, said in (
        (lambda: key.chmod(0o644), "can be read by others"),
        (lambda: (key.chmod(0o600), key.write_text("no key")), "cannot be read"),
        (lambda: key.unlink(), "cannot be read"),
    ):
        make_unusable()
        with pytest.raises(SigningError, match=said) as refused, open_run(RefreshRun.of(office.context())):
            pass
        assert str(key) in refused.value.reason.de and refused.value.reason.remedy_de
        assert office.var.ledger.read_bytes() == before
    key.write_bytes(office.var.signing_key.read_bytes())
    key.chmod(0o600)
    office.var.signing_key.unlink()
    assert office.night().outcome == "unchanged"
    assert not office.var.signing_key.exists()
    assert verified(office.var, None).findings == ()
