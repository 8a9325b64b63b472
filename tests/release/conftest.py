"""A var folder and publications into it."""

from collections.abc import Callable
from pathlib import Path

import exports
import pytest

from release import ledger, refusal, store
from release.layout import VarFolder
from release.reading import Release

Publish = Callable[..., Release]


@pytest.fixture
def var(tmp_path: Path) -> VarFolder:
    return VarFolder("nordwaerts", tmp_path / "var").create()


@pytest.fixture
def publish(tmp_path: Path, var: VarFolder) -> Publish:
    """Publish a small export of its own inputs, as a refresh does: switch, then the ledger line."""

    def run(label: str, figure: int = 1) -> Release:
        folder = exports.write_export(tmp_path / "build" / label, label, figure)
        found = store.publish(folder, exports.meta(label), var)
        ledger.append(
            var,
            "published",
            at=exports.NIGHT,
            release_id=found.release_id,
            inputs_sha256=found.inputs_sha256,
            in_force=found.manifest.in_force,
            as_of_on=exports.AS_OF,
            is_synthetic=True,
        )
        refusal.follow(var)
        return found

    return run
