"""No document teaches to read several files through the link `current`: they could be of two releases.

The database behind the link is one file, so opening it is one read. Whatever else is read begins with `nordwaerts path`.
"""

import re
from pathlib import Path

import pytest
from fenced_blocks import Block, blocks_of

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ("README.md", "docs/guide-query.md", "docs/guide-audit.md", "docs/guide-claims.md")
THROUGH_THE_LINK = re.compile(r"releases/current(?!/monitoring\.duckdb\b)")
READS_PARQUET = re.compile(r"read_parquet\(|read_table\(|\.parquet\b")
MADE_BY_EXPORT = re.compile(r"nordwaerts export .*\.parquet")


def faults_in(block: Block) -> list[str]:
    """What is wrong with a block that reads a release: through the link, or Parquet without asking for the folder."""
    faults = [f"line {block.line}: reads through the link"] if THROUGH_THE_LINK.search(block.text) else []
    text = MADE_BY_EXPORT.sub("", block.text)
    asks = "nordwaerts path" in text or '"path"]' in text
    if READS_PARQUET.search(text) and not asks:
        faults.append(f"line {block.line}: reads Parquet without asking for the folder of one release")
    return faults


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_reads_one_release(guide: str) -> None:
    blocks = [
        block for block in blocks_of((ROOT / guide).read_text(encoding="utf-8")) if block.tag in ("sh", "python", "sql")
    ]
    assert [fault for block in blocks for fault in faults_in(block)] == []


def test_the_guides_do_read_parquet() -> None:
    texts = [block.text for guide in GUIDES for block in blocks_of((ROOT / guide).read_text(encoding="utf-8"))]
    assert sum("path" in text and bool(READS_PARQUET.search(text)) for text in texts) >= 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('duckdb.connect("var/nordwaerts/releases/current/monitoring.duckdb")', 0),
        ('pd.read_parquet("var/nordwaerts/releases/current/internal/dim_area.parquet")', 2),
        ('release = Path("var/nordwaerts/releases/current").resolve()', 1),
        ("select * from read_parquet('dim_area.parquet')", 1),
        ("nordwaerts export dim_area --out dim_area.parquet", 0),
        ("folder=$(.venv/bin/nordwaerts path)\nls $folder/internal/dim_area.parquet", 0),
    ],
)
def test_a_reader_through_the_link_is_found(text: str, count: int) -> None:
    assert len(faults_in(Block("sh", text, 1))) == count
