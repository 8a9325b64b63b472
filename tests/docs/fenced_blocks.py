"""Reads Markdown as the tests of the documents need it: fenced blocks with their tag and line, and links.

Nothing is executed here. A fence that is never closed is an error: a block that is not seen would not
be tested.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^(```+)([\w-]*)\s*$")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """One fenced block: its tag, its text and the line of its opening fence."""

    tag: str
    text: str
    line: int


class OpenFence(Exception):
    """A fenced block does not end; the message names its line."""


def blocks_of(markdown: str) -> list[Block]:
    """Every fenced block in the order of the document; raises OpenFence."""
    blocks: list[Block] = []
    opened: tuple[str, str, int] | None = None
    inside: list[str] = []
    for number, line in enumerate(markdown.splitlines(), start=1):
        fence = _FENCE.match(line)
        if opened is None:
            if fence:
                opened, inside = (fence[1], fence[2], number), []
        elif fence and fence[1] == opened[0] and not fence[2]:
            blocks.append(Block(opened[1], "\n".join(inside) + "\n", opened[2]))
            opened = None
        else:
            inside.append(line)
    if opened is not None:
        raise OpenFence(f"The block that begins in line {opened[2]} does not end.")
    return blocks


def links_of(markdown: str) -> list[str]:
    """Targets of all links outside fenced blocks, as written."""
    text = markdown
    for block in blocks_of(markdown):
        text = text.replace(block.text, "\n")
    return _LINK.findall(text)


def anchors_of(path: Path) -> set[str]:
    """Anchors of the headings of a document, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
