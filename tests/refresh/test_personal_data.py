"""A name in a declared text reaches no reader and no record, whatever became of the night; forgotten, it is nowhere.

Every step of these nights is the real one but dbt's models.
"""

from pathlib import Path

import pytest
from nightly_office import Killed, NightlyOffice, before_the_first_night

from ingest.archive import Archive
from release import decisions, forgetting, public_edition, reading
from release.ledger import Decision
from release.standing import standing
from release.text_search import occurrences, plain
from release.verifying import verified

CANARY = "KANARIENVOGEL"
REGISTER = """
source_id: register
name_de: Register (erfunden)
name_en: register (made up)
publisher: Kleinstadt
licence: internal
cadence: yearly
max_age_days: 4000
on_failure: keep_last_good
max_rejected_pct: 1
connector: {protocol: folder, files: "*.csv"}
tables:
  projekte:
    canonical: project
    description_de: Projekte
    description_en: projects
    format: {kind: csv}
    mode: snapshot
    minimum_rows: 2
    constants: {generation_id: "1"}
    columns:
      - {from: nr, to: project_id, pattern: "^(N-[0-9]+)$"}
      - {from: titel, to: project_name}
      - {from: amt, to: lead_office, is_required: false}
      - {from: beschluss, to: adopted_on, type: date}
    expected:
      words: {lead_office: [Umweltamt, Sozialamt]}
"""
TABLE = "register__projekte"
HEAD = "nr;titel;amt;beschluss;kontakt\n"
CLEAN = f"{HEAD}N-1;Park;Umweltamt;10.12.2020;\nN-2;Halle;Sozialamt;10.12.2020;\n"
IN_A_TITLE = CLEAN.replace("Halle", f"Halle, Frau {CANARY}")
AS_OFFICE = CLEAN.replace("Sozialamt", f"{CANARY} (privat)")
UNDECLARED = CLEAN.replace(";\n", f";{CANARY}\n")
PARTLY_BROKEN = IN_A_TITLE.replace("10.12.2020;\nN-2", f"gestern, sagt {CANARY};\nN-2")


@pytest.fixture
def office(tmp_path: Path) -> NightlyOffice:
    made = before_the_first_night(tmp_path)
    (made.folder / "sources" / "register.yml").write_text(REGISTER, encoding="utf-8")
    made.put("register", "1.csv", CLEAN)
    assert made.night().outcome == "published"
    return made


def naming(office: NightlyOffice, *apart: str) -> list[str]:
    """Files of the programme's folder and of the public edition laid beside it that hold the name, but those of folders left out."""
    laid = office.folder.with_name("laid")
    if release := reading.current(office.var):
        public_edition.lay(release, laid)
    found = [
        path.relative_to(place)
        for place in (office.var.folder, laid)
        for path in place.rglob("*")
        if path.is_file() and not path.is_symlink() and occurrences(plain(CANARY), path)
    ]
    return sorted(path.as_posix() for path in found if path.parts[0] not in apart)


def delivery(office: NightlyOffice, name: str) -> str:
    return next(
        each.delivery_id for each in Archive(office.var.archive).receipts("register") if each.first_name == name
    )


# closed to others, as SECURITY.md says; rejected rows hold delivered cells of declared columns
CLOSED = ("archive", "vintages", "staging", "rejected")


@pytest.mark.attack(
    "a person's name in a declared text, night after night · held, in no release, page, log or ledger line"
)
@pytest.mark.parametrize(
    ("text", "outcome", "verdict"),
    [
        (UNDECLARED, "published", "accepted"),
        (IN_A_TITLE, "published", "held"),
        (AS_OFFICE, "published", "held"),
        (PARTLY_BROKEN, "published", "kept"),
    ],
)
def test_no_reader_and_no_record_gets_the_name(office: NightlyOffice, text: str, outcome: str, verdict: str) -> None:
    office.put("register", "2.csv", text)
    office.put(
        "vereine", "2020 neu.csv", (office.inbox / "vereine" / "2020.csv").read_text("utf-8").replace("10", "11")
    )
    record = office.night()
    assert (record.outcome, record.tables[TABLE].verdict) == (outcome, verdict)
    assert naming(office, *CLOSED) == []
    assert naming(office), "the name must be in the delivery, or this test proves nothing"


@pytest.mark.attack("a refresh killed over a delivery with a name in it · no reader and no record gets the name")
@pytest.mark.parametrize(
    ("step", "next_outcome"),
    [("landed", "published"), ("promoted", "published"), ("exported", "published"), ("switched", "unchanged")],
)
def test_a_night_that_is_killed_gives_it_to_nobody_either(office: NightlyOffice, step: str, next_outcome: str) -> None:
    def kill() -> None:
        raise Killed

    office.put("register", "2.csv", IN_A_TITLE)
    office.put(
        "vereine", "2021.csv", (office.inbox / "vereine" / "2020.csv").read_text("utf-8").replace("2020", "2021")
    )
    office.hooks[step] = kill
    with pytest.raises(Killed):
        office.night()
    assert naming(office, *CLOSED) == []
    assert office.night().outcome == next_outcome
    assert naming(office, *CLOSED) == []
    assert naming(office)


def test_a_first_delivery_that_names_somebody_is_held_and_nothing_published(tmp_path: Path) -> None:
    office = before_the_first_night(tmp_path)
    (office.folder / "sources" / "register.yml").write_text(REGISTER, encoding="utf-8")
    office.put("register", "1.csv", IN_A_TITLE)
    assert office.night().outcome == "refused"
    assert naming(office, *CLOSED) == []
    assert reading.current(office.var) is None


@pytest.mark.attack("a held delivery with a name, forgotten · the name is nowhere in the folder, the next nights go on")
def test_a_held_delivery_is_forgotten_and_the_nights_go_on(office: NightlyOffice) -> None:
    office.put("register", "2.csv", IN_A_TITLE)
    assert office.night().outcome == "published"
    held = delivery(office, "2.csv")
    assert standing(office.var).state("register", held) == "held"
    forgetting.forget(office.var, CANARY, "Antrag 7", "Datenschutz", {held: ("register",)}, office.clock)
    for _ in range(2):  # its file still lies in the inbox
        record = office.night()
        assert record.outcome in ("published", "unchanged")
        assert (naming(office), verified(office.var, None).findings) == ([], ())
    assert standing(office.var).state("register", held) == "withdrawn"
    office.put("register", "3.csv", CLEAN.replace("Park", "Garten im Park"))
    assert office.night().outcome == "published"
    assert (naming(office), verified(office.var, None).findings) == ([], ())


@pytest.mark.attack(
    "a name a person let pass into a release, forgotten · the release is gone, the ledger names it, verify passes"
)
def test_a_published_name_is_forgotten_with_its_release(office: NightlyOffice) -> None:
    office.put("register", "2.csv", IN_A_TITLE)
    office.night()
    named = delivery(office, "2.csv")
    decision = Decision("register", named, "angesehen", "Datenstelle")
    decisions.accept(office.var, decision, office.clock)
    assert office.night().outcome == "published"
    seen = reading.current(office.var)
    assert seen is not None
    told = (
        ["public/dim_project.parquet"],
        ["csv/dim_project.csv", "csv_de/dim_project.csv", "dim_project.parquet", "public.duckdb"],
    )
    for folder, names in zip((f"releases/{seen.release_id}", seen.release_id), told, strict=True):
        places = [f"{folder}/{name}" for name in names]
        assert [place for place in naming(office) if place in places] == places, (
            "only a person lets a name pass into it"
        )
    sources = {named: ("register",)}
    with pytest.raises(forgetting.ForgettingRefused, match="still in force"):
        forgetting.forget(office.var, CANARY, "Antrag 7", "Datenschutz", sources, office.clock)
    decisions.withdraw(office.var, decision, office.clock)
    with pytest.raises(forgetting.ForgettingRefused, match="readers see the text"):
        forgetting.forget(office.var, CANARY, "Antrag 7", "Datenschutz", sources, office.clock)
    office.put("register", "3.csv", CLEAN.replace("Park", "Garten im Park"))
    assert office.night().outcome == "published"
    found, line = forgetting.forget(office.var, CANARY, "Antrag 7", "Datenschutz", sources, office.clock)
    assert (set(found.releases), found.staying) == ({seen.release_id}, {})
    assert line is not None and line.forgotten is not None
    assert (naming(office), verified(office.var, None).findings) == ([], ())
    assert office.night().outcome in ("unchanged", "published")
    assert (naming(office), verified(office.var, None).findings) == ([], ())
