"""One refresh as of another day and moment: what `nordwaerts reproduce` starts in the code a release was made with.

Its arguments are a promise to later versions, because the code of a release is not changed any more: folders of programme,
var and inbox, day, moment, whether the deliveries are samples, and the engine, which code from before there were two does not
read. Prints one JSON object; is no command for people.
"""

import datetime as dt
import json
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from orchestration.launch import refresh_now
from programmes.loading import load_programme
from programmes.settings import Engine
from refresh.context import refresh_context
from release.layout import VarFolder


def again(
    programme: Path, var_root: Path, inbox: Path, day: dt.date, moment: dt.datetime, is_sample: bool, engine: Engine
) -> None:
    """Refresh, and print what came of it and with which versions of packages."""
    declared = load_programme(programme)
    var = VarFolder(declared.settings.programme_id, var_root)
    context = refresh_context(declared, var, is_sample, day, now=lambda: moment, engine=engine)
    record = refresh_now(replace(context, inbox=inbox))
    told = {
        "outcome": record.outcome,
        "release_id": record.release_id,
        "reasons": [reason.to_json() for reason in record.reasons],
        "versions": {each.metadata["Name"]: each.version for each in metadata.distributions()},
    }
    sys.stdout.write("\n" + json.dumps(told, default=str) + "\n")


if __name__ == "__main__":
    folder, var, offered, on, at, sample = sys.argv[1:7]
    day, moment = dt.date.fromisoformat(on), dt.datetime.fromisoformat(at)
    engine: Engine = "spark" if sys.argv[7:] == ["spark"] else "duckdb"
    again(Path(folder), Path(var), Path(offered), day, moment, sample == "sample", engine)
