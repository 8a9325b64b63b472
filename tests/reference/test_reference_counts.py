"""The count of records closes for every reference file the programme reads, read by the pipeline's own landing."""

from pathlib import Path

import pytest
from reference_programme import PROGRAMME_ID, assemble, deliver

from ingest.areas import locality_of
from ingest.connectors.folder import matches
from ingest.landing import land
from ingest.opened import OpenedDelivery
from programmes.loading import load_programme


@pytest.mark.reference
def test_the_count_closes_for_every_reference_file(reference: Path, tmp_path: Path) -> None:
    programme = load_programme(assemble(reference, tmp_path / "programme"))
    deliver(reference, tmp_path / "inbox")
    locality = locality_of(programme)
    counts = {
        f"{table.name} {path.name}": land(OpenedDelivery(path.read_bytes(), path.name), "d", table, locality).count
        for table in programme.landed_tables()
        for path in sorted((tmp_path / "inbox" / PROGRAMME_ID / table.source.source_id).iterdir())
        if matches(path.name, table.source.connector.files) and matches(path.name, table.declared.files)
    }
    assert len(counts) > 10
    assert not [f"{name}: {count.equation}" for name, count in counts.items() if not count.closes or not count.accepted]
