"""What holds for every test beside pyproject.toml, which blocks the network: no telemetry, and one option."""

import os

import pytest

os.environ.update(
    DO_NOT_TRACK="1",
    DBT_SEND_ANONYMOUS_USAGE_STATS="false",
    GX_ANALYTICS_ENABLED="false",
    DAGSTER_DISABLE_TELEMETRY="1",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--kills N`: how many refreshes tests/acceptance/test_kill.py kills."""
    parser.addoption("--kills", type=int, default=3)
