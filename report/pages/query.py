"""The query page: SQL on the public edition in the reader's own browser, where the office has installed the engine for it.

Without the engine there is no such page. What the browser does is in query/query.js, what the site copies in query_engine.py.
"""

import base64
import hashlib
import json
from collections.abc import Iterator

from release.spoken import words
from report.page import Material, Page
from report.pages.claims import MART
from report.query_engine import FOLDER

PATH = "query.html"
EXAMPLE = """select {wording}, verdict, estimate
from {table}
where evaluation = 'current'
order by claim_id"""


def pages(material: Material) -> Iterator[Page]:
    """One page, or none without an engine."""
    if material.engine is None:
        return
    imports = json.dumps({"imports": {"apache-arrow": f"../{FOLDER}/arrow.js"}})
    tables = [table.name for table in material.laid.tables]
    example = EXAMPLE.format(table=MART, wording=words("wording_de", "wording_en"))
    context = {
        "imports": imports,
        "policy": _policy(imports),
        "megabytes": round((material.engine.size + (material.folder / "public.duckdb").stat().st_size) / 1e6),
        "example": example if MART in tables else f"from {tables[0]} limit 10",
    }
    yield Page(PATH, words("Selbst abfragen", "Query the data"), "query.html.jinja", context)


def _policy(imports: str) -> str:
    """Content-Security-Policy: this origin, the page's one inline block by its hash, and what was loaded from here before (blob:)."""
    digest = base64.b64encode(hashlib.sha256(imports.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval' 'sha256-{digest}'",
            "connect-src 'self' blob:",
            "worker-src blob:",
            "style-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
