"""Sample deliveries, altered the way deliveries go wrong or change; each works on a copy of the sample set."""

import csv
import io
import json
import zipfile
from pathlib import Path


def small_area_delivery(place: Path) -> Path:
    return next((place / "statistikportal").glob("kleinraeumig_*.jsonl"))


def empty(place: Path) -> None:
    small_area_delivery(place).write_bytes(b"")


def truncated(place: Path) -> None:
    path = small_area_delivery(place)
    path.write_bytes(path.read_bytes()[:-200])


def mislabelled_year(place: Path) -> None:
    """Deliver last year's content under this year's name."""
    path = small_area_delivery(place)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if json.loads(line)["jahr"] != 2024]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def wrong_year(place: Path) -> None:
    """Deliver last year's edition again, under its own name."""
    mislabelled_year(place)
    path = small_area_delivery(place)
    path.rename(path.with_name("kleinraeumig_2011-2023.jsonl"))


def lacks_a_district(place: Path) -> None:
    path = small_area_delivery(place)
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["unterbezirk_nr"] != "052"]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


def drop_one_meeting(place: Path) -> None:
    """Deliver the platform's ZIP again without its first meeting."""
    path = next((place / "beteiligungsplattform").glob("*.zip"))
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in members if name.endswith("meetings.csv"))
    rows = list(csv.reader(io.StringIO(members[name].decode(), newline=""), delimiter=";"))
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";", lineterminator="\n").writerows([rows[0], *rows[2:]])
    members[name] = written.getvalue().encode()
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
