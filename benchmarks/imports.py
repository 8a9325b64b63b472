"""A process that only imports the packages a refresh imports, and says how long each took.

python -m benchmarks.imports SECONDS.json
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path

PACKAGES = {
    "dagster": ("dagster",),
    "dagster_dbt": ("dagster_dbt",),
    "dbt": ("dbt.cli.main", "dbt.adapters.duckdb.connections"),
    "great_expectations": ("great_expectations", "great_expectations.expectations"),
    "pandas, pyarrow, duckdb, pydantic": ("pandas", "pyarrow.parquet", "pyarrow.compute", "duckdb", "pydantic"),
}


def seconds_per_package() -> dict[str, float]:
    """Import every package in turn; seconds each added to those before it."""
    seconds = {}
    for name, modules in PACKAGES.items():
        begun = time.perf_counter()
        for module in modules:
            import_module(module)
        seconds[name] = time.perf_counter() - begun
    return seconds


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(seconds_per_package()), encoding="utf-8")
