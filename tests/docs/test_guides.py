"""What the documents tell people to type works: commands, queries and Python run on a published sample release.

Blocks tagged `sh` and `python` run in a folder that looks like the repository (`.venv`, `programmes`, `ops`, `tests`, `var`);
blocks tagged `sql` are run on monitoring.duckdb and must return a row. Lines of `make` and `git clone` are not
run; their targets must exist.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from fenced_blocks import Block, OpenFence, blocks_of

ROOT = Path(__file__).resolve().parents[2]
EXECUTED = ("README.md", "docs/guide-run.md", "docs/guide-query.md", "docs/guide-audit.md", "docs/guide-claims.md")
RUN_TAGS = {"sh", "sql", "python"}
SHOWN_TAGS = {"text", "console", "yaml"}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
BLOCKS = [
    pytest.param(block, id=f"{document}:{block.line}")
    for document in EXECUTED
    for block in blocks_of((ROOT / document).read_text(encoding="utf-8"))
    if block.tag in RUN_TAGS
]


class BlockFailed(AssertionError):
    """A block of a document does not work; the message holds its output."""


@dataclass(frozen=True)
class Checkout:
    """A folder in which the commands of the documents find what they name, with one published release."""

    folder: Path

    def environment(self) -> dict[str, str]:
        """The environment of a reader: everything written stays in the folder, answers in English."""
        places = {"NORDWAERTS_VAR": str(self.folder / "var"), "NORDWAERTS_INBOX": str(self.folder / "inbox")}
        return {**os.environ, **places, "TMPDIR": str(self.folder / "scratch"), "LANG": "C.UTF-8"}

    def run(self, block: Block) -> None:
        """Execute one block as its tag says; raises BlockFailed."""
        if block.tag == "sql":
            self._query(block.text)
        elif block.tag == "python":
            self._process([".venv/bin/python", "-"], block.text)
        else:
            self._process(["bash", "-euo", "pipefail", "-s"], runnable(block.text))

    def _process(self, command: list[str], text: str) -> None:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(),
            input=text,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode != 0:
            raise BlockFailed(done.stdout + done.stderr)

    def _query(self, text: str) -> None:
        database = self.folder / "var" / "nordwaerts" / "releases" / "current" / "monitoring.duckdb"
        with duckdb.connect(str(database), read_only=True) as connection:
            try:
                rows = connection.execute(text).fetchall()
            except duckdb.Error as error:
                raise BlockFailed(str(error)) from None
        if not rows:
            raise BlockFailed("The query returns no row.")


def runnable(script: str) -> str:
    """A shell block without its lines of `make` and `git clone`; raises BlockFailed for an unknown target."""
    kept = []
    for line in script.splitlines():
        words = line.split()
        if words[:1] == ["make"]:
            unknown = [word for word in words[1:] if "=" not in word and word not in TARGETS]
            if unknown:
                raise BlockFailed(f"There is no make target {unknown[0]}.")
        elif words[:2] != ["git", "clone"]:
            kept.append(line)
    return "\n".join(kept) + "\n"


@pytest.fixture(scope="session")
def checkout(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy of the release all tests share, as if it had been published here; refreshing it is found unchanged."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / ".venv").symlink_to(sys.prefix)
    for name in ("programmes", "ops", "tests"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "scratch").mkdir()
    shutil.copytree(published, folder / "var", symlinks=True)
    found = Checkout(folder)
    found.run(Block("sh", ".venv/bin/nordwaerts refresh --sample\n", 0))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_the_documents_works(block: Block, checkout: Checkout) -> None:
    checkout.run(block)


@pytest.mark.slow
def test_the_numbers_of_the_sample_in_the_readme_are_those_of_the_release(checkout: Checkout) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    database = checkout.folder / "var" / "nordwaerts" / "releases" / "current" / "monitoring.duckdb"
    with duckdb.connect(str(database), read_only=True) as release:
        [rejected] = release.execute("select count(*) from fct_rejected_row").fetchall()
        stock = re.search(r"(select denominator_id, started_or_done_count.*?)```", readme, flags=re.S)
        assert stock
        rows = {row[0]: row[1:] for row in release.execute(stock[1]).fetchall()}
    assert rejected == (5,)
    assert "rejected            5 rows" in readme and "The five rejected rows" in readme
    assert "166 of 237 in stock (Bestand), which is 70.0 %, and of 268 ever adopted" in readme
    assert [(row[0], row[1]) for row in rows.values()] == [(166, 237), (166, 268)]
    assert next(row[2] for row in rows.values()) == 70.0


def test_there_are_blocks_of_every_kind_to_run() -> None:
    ran = {document: [b.tag for b in blocks_of((ROOT / document).read_text(encoding="utf-8"))] for document in EXECUTED}
    assert ran["README.md"].count("sql") == 10
    assert all(set(tags) >= RUN_TAGS for tags in ran.values())


@pytest.mark.parametrize(
    "document", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")), ids=lambda p: p.name
)
def test_no_block_escapes_by_its_tag(document: Path) -> None:
    tags = {block.tag for block in blocks_of(document.read_text(encoding="utf-8"))}
    assert tags <= RUN_TAGS | SHOWN_TAGS, "Tag blocks as sh, sql or python, or as text, console or yaml."


# --- these tests can fail ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tag", "text", "said"),
    [
        ("sql", "select no_such_column from dim_area", "no_such_column"),
        ("sql", "select area_id from dim_area where area_id = 'none'", "no row"),
        ("sql", "create table mine as select 1", "read-only"),
        ("python", "raise SystemExit('a broken example')", "a broken example"),
        ("sh", ".venv/bin/nordwaerts no-such-command", "No such command"),
        ("sh", "false\ntrue", None),
        ("sh", "make no-such-target", "no-such-target"),
    ],
)
def test_a_broken_block_is_noticed(tag: str, text: str, said: str | None, checkout: Checkout) -> None:
    with pytest.raises(BlockFailed, match=said):
        checkout.run(Block(tag, text, 1))


def test_the_extractor_finds_tag_text_and_line() -> None:
    text = "A\n\n```sql\nselect 1\n```\n\n````text\n```sh\nfalse\n```\n````\n\n```\nplain\n```\n"
    assert blocks_of(text) == [
        Block("sql", "select 1\n", 3),
        Block("text", "```sh\nfalse\n```\n", 7),
        Block("", "plain\n", 13),
    ]


def test_a_block_that_does_not_end_is_an_error() -> None:
    with pytest.raises(OpenFence, match="line 2"):
        blocks_of("A\n```sh\nfalse\n")


def test_make_lines_are_checked_and_left_out() -> None:
    assert runnable("make refresh\nmake PYTHON=python3.11 test\ngit clone somewhere\necho done") == "echo done\n"


def test_the_checkout_needs_bash() -> None:
    assert shutil.which("bash"), "The documents are written for bash."
