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


def one_bad_volunteer_row(place: Path) -> None:
    """Deliver line 11 of 2021 with a method of counting that nobody declared."""
    path = place / "ehrenamt" / "ehrenamt_2021.csv"
    lines = path.read_bytes().decode("cp1252").splitlines()
    cells = lines[10].split(";")
    cells[lines[0].split(";").index("erhebungsart")] = "geraten"
    lines[10] = ";".join(cells)
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))


def without_last_volunteer_row(place: Path) -> None:
    """Deliver 2024 again without its last line."""
    path = place / "ehrenamt" / "ehrenamt_2024.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
