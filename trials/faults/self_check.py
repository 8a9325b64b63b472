"""What the deliverer's own check says of an entry, with the same history in a folder: it must be what the gate says."""

from collections.abc import Mapping
from typing import Literal

from click.testing import CliRunner

from cli.main import main
from trials.faults.clean import Clean, clean_files
from trials.faults.corpus import Entry
from trials.faults.nights import PROGRAMME, declared_anew, state_before, workplace
from trials.faults.verdicts import Verdict

Said = Literal["accepted", "held", "refused"]
_BY_EXIT: dict[int, Said] = {0: "accepted", 2: "refused", 3: "held"}


def of_the_gate(verdict: Verdict) -> Said:
    """The gate's verdict in the words of the check, which looks at the delivery and not at single rows."""
    if verdict.outcome == "stopped":
        return "refused"
    return "held" if verdict.outcome == "held" else "accepted"


def self_checked(entry: Entry, base_seed: int) -> Said | None:
    """What `nordwaerts check --against FOLDER` says; None where several files arrive. Raises KeyError for another exit."""
    seed = entry.seed(base_seed)
    clean = Clean(entry.source, seed, clean_files(entry.source, seed), entry.file)
    arriving = entry.change(clean)
    if isinstance(arriving, Mapping):
        return None
    with workplace() as place:
        programme = str(declared_anew(place, entry).folder) if entry.declares else PROGRAMME
        earlier, new = place / "earlier", place / "new" / entry.file
        for folder in (earlier, new.parent):
            folder.mkdir()
        for name, content in state_before(entry.source, entry.file, seed, entry.history).files.items():
            (earlier / name).write_bytes(content)
        new.write_bytes(arriving)
        options = ["--source", entry.source, "--programme", programme, "--against", str(earlier)]
        return _BY_EXIT[CliRunner().invoke(main, ["check", str(new), *options]).exit_code]
