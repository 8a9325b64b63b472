"""A release that rests on a delivery about a person that was removed: the sentence says so, and sends nobody to a backup."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from refresh import reproduction
from release import ledger
from release.layout import VarFolder
from release.ledger import Forgotten

GONE, LOST = "a" * 64, "b" * 64


def test_what_was_forgotten_is_not_asked_back_and_what_was_lost_is(tmp_path: Path) -> None:
    var, laid = (VarFolder("kleinstadt", tmp_path / name).create() for name in ("var", "laid"))
    said = Forgotten("Az. 1", "Datenstelle", {GONE: ("vereine",)}, {}, 0)
    ledger.append(var, "forgotten", at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), release_id=None, forgotten=said)
    contents: Any = SimpleNamespace(
        release_id="2026-03-02-00000000", deliveries=[SimpleNamespace(delivery_id=each) for each in (GONE, LOST)]
    )
    told = {}
    for delivery_id in (GONE, LOST):
        with pytest.raises(reproduction.NotReproducible) as refused:
            reproduction._delivered(var, laid, contents, delivery_id)
        told[delivery_id] = refused.value.reason
    assert "was removed on 2026-03-02, because it told of a person: Az. 1 (Datenstelle)." in told[GONE].en
    assert "backup" not in told[GONE].remedy_en
    assert "is missing in the archive" in told[LOST].en and "backup" in told[LOST].remedy_en
