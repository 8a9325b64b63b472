"""Makes the arithmetic of the yardstick script: the dbt project's compiled models, in order, as one SQL file.

Run by the benchmark before it measures. Seeds come first. Models that rest on what a refresh notes about itself (checks,
deliveries, rejected rows) are left out.
"""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.measuring import ROOT


def marts_statements(manifest: dict[str, Any]) -> dict[str, str]:
    """Unique id → the statement that makes a seed or model of a compiled manifest, each after those it reads."""
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    statements = {key: _seed(node) for key, node in manifest["nodes"].items() if node["resource_type"] == "seed"}

    def add(key: str) -> bool:
        if key not in models:
            return "refresh__" not in key
        if key not in statements:
            if not all(add(parent) for parent in models[key]["depends_on"]["nodes"]):
                return False
            node = models[key]
            kind = node["config"]["materialized"]
            statements[key] = f"create {kind} {node['relation_name']} as (\n{node['compiled_code']}\n);\n"
        return True

    for key in sorted(models):
        add(key)
    return statements


def marts_script(manifest: dict[str, Any]) -> str:
    """The same as one SQL file."""
    return "\n".join(marts_statements(manifest).values())


def _seed(node: dict[str, Any]) -> str:
    path = ROOT / "dbt_project" / node["original_file_path"]
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in node["config"]["column_types"].items())
    return f"create table {node['relation_name']} as from read_csv('{path}', header = true, columns = {{{columns}}});\n"


if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.write_text(marts_script(json.loads(source.read_text(encoding="utf-8"))), encoding="utf-8")
