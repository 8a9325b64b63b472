"""A var folder and publications into it."""

from collections.abc import Callable
from pathlib import Path

import exports
import pytest

from release import refusal, store
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
        exports.note_published(var, found)
        refusal.follow(var)
        return found

    return run
