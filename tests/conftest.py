"""What holds for every test beside pyproject.toml, which blocks the network: no telemetry, options, order, sharing.

Tests fall into two kinds by their folder. Those in QUICK neither refresh nor start dbt or Dagster: `--quick`
(`make quick`) runs them alone, and dbt and Dagster cannot be imported then, here or in a child process. All others
may refresh; what they can share is made once for the whole run (once.py). Some are `long`: a trial in small, or the whole sample
city where a smaller one shows the same. Without `-m` they are left out; `make test-long` runs them.
"""

import os
from pathlib import Path

import once
import pytest
import security_table
from child_process.sitecustomize import forbid_refreshes
from quick_folders import QUICK

os.environ.update(
    DO_NOT_TRACK="1",
    DBT_SEND_ANONYMOUS_USAGE_STATS="false",
    GX_ANALYTICS_ENABLED="false",
    DAGSTER_DISABLE_TELEMETRY="1",
)

TESTS = Path(__file__).parent
# Begun first and in this order: the first asks for the release that most others wait for, the others take minutes and need nothing
# of it; lest one core waits for that release, or for a long file in the end.
FIRST = (
    "acceptance/test_golden_marts.py",
    "acceptance/test_reproduce.py",
    "acceptance/test_nights_of_a_rule.py",
    "recipes/test_recipes_on_nordwaerts.py",
    "refresh/test_nights.py",
)

ON_SPARK = "dbt_project/test_engines.py"
_shared = pytest.StashKey[Path | None]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--all-bits`: more than a sample of damages to a ledger. `--kills N`: how many refreshes of nordwärts tests/acceptance/test_kill.py kills. `--quick`: only tests that never refresh."""
    parser.addoption("--kills", type=int)
    parser.addoption("--nights", type=int, help="how many sequences tests/refresh/test_nights.py plays")
    parser.addoption(
        "--all-bits",
        action="store_true",
        help="every bit of the ledger in tests/release/test_verifying_ledger.py (half an hour)",
    )
    parser.addoption("--write-security-table", action="store_true", help="write docs/security-tests.md of this run")
    parser.addoption("--quick", action="store_true", help="only tests that neither refresh nor start dbt or Dagster")


def is_quick(path: Path) -> bool:
    """Whether a file or folder of tests is of the quick kind."""
    return path.is_relative_to(TESTS) and path.relative_to(TESTS).parts[:1] in [(folder,) for folder in QUICK]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_shared] = once.open_shared_folder()
    if config.stash[_shared]:  # else inherited, as the environment is
        path = [str(TESTS / "child_process"), *filter(None, [os.environ.get("PYTHONPATH")])]
        os.environ["PYTHONPATH"] = os.pathsep.join(path)
    if config.getoption("quick"):
        os.environ["NORDWAERTS_QUICK"] = "1"
        forbid_refreshes()


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash[_shared]:
        once.remove_shared_folder(folder)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_left_out = config.getoption("quick") and collection_path != TESTS and not is_quick(collection_path)
    return True if is_left_out else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those of FIRST, then as collected, quick ones last; long ones only where `-m` chooses."""

    def turn(item: pytest.Item) -> int:
        first = [number for number, name in enumerate(FIRST) if str(item.path).endswith(name)]
        return len(FIRST) + is_quick(item.path) if not first else first[0]

    if not config.getoption("markexpr"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    items.sort(key=turn)
    for item in items:
        security_table.note(item)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if skipped := [report for report in terminalreporter.stats.get("skipped", ()) if ON_SPARK in report.nodeid]:
        reason = skipped[0].longrepr[-1].removeprefix("Skipped: ")
        terminalreporter.write_line(f"Nothing was tested on Apache Spark. {reason} ('make equal-engines' does it)")
    if not config.getoption("markexpr"):
        terminalreporter.write_line("Without -m, long tests are left out ('make test-long' runs them).")
    if config.getoption("--write-security-table"):
        stats = terminalreporter.stats
        found = [*stats.get("passed", ()), *stats.get("failed", ()), *stats.get("error", ()), *stats.get("skipped", ())]
        security_table.DOCUMENT.write_text(security_table.table(found), encoding="utf-8")


@pytest.fixture(scope="session")
def published() -> Path:
    """The var root of the first refresh from the committed sample set; one for the whole run, never altered.

    NORDWAERTS_PUBLISHED names one that is there, to write tests that only read it without waiting for a refresh.
    """
    if there := os.environ.get("NORDWAERTS_PUBLISHED"):
        return Path(there)
    from refreshing import first_release  # not above: whoever runs one quick test does not wait for these imports

    return first_release()
