"""docs/trials.md: one section per trial, each written by its own command and by nothing else."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "trials.md"


def replaced(document: str, section: str) -> str:
    """The document with the section of the same heading replaced, or added at the end."""
    heading = section.strip().partition("\n")[0]
    before, found, after = document.partition(heading)
    rest = after.partition("\n## ")
    return before.rstrip() + "\n\n" + section.strip() + "\n" + (f"\n## {rest[2]}" if found and rest[1] else "")
