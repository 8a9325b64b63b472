"""The last three releases made anew in a fresh environment from a copy of `var/` alone, byte for byte.

nordwärts lives through three nights that each bring a corrected file. Of its folder in `var/` only what a backup holds is
copied; a new environment is made from the lock file in the source archive of the last release (this needs the package
registry), and `nordwaerts reproduce --python` makes each of the three anew in it. Writes its section of docs/trials.md.
Exit code 1 if a release differs, or cannot be made anew.
"""

import gzip
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from release import reading
from release.layout import VarFolder
from trials.document import REPORT, ROOT, replaced
from trials.year import corrected_nights

HEADING = "## Releases made anew elsewhere (`make trial-reproduce`)"
RELEASES = 3
_COPIED = ("archive", "ledger.jsonl", "ledger_head.json", "objects", "releases", "sources")


def copied(var: VarFolder, root: Path) -> VarFolder:
    """What a backup holds of a programme, elsewhere."""
    target = VarFolder(var.programme_id, root)
    target.folder.mkdir(parents=True)
    for name in _COPIED:
        source = var.folder / name
        if source.is_dir():
            shutil.copytree(source, target.folder / name, symlinks=True)
        else:
            shutil.copy(source, target.folder / name)
    return target


def environment(var: VarFolder, folder: Path) -> Path:
    """The Python of a new environment, made from the lock file of the release readers see."""
    release = reading.current(var)
    if release is None or release.manifest.source_sha256 is None:
        raise FileNotFoundError("no release with a source archive")
    content = gzip.decompress(var.source(release.manifest.source_sha256).read_bytes())
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        lock = archive.extractfile("requirements.lock")
        (folder / "requirements.lock").write_bytes(lock.read() if lock else b"")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "fresh")], check=True)
    python = folder / "fresh" / "bin" / "python"
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    subprocess.run([str(python), *install, "-r", str(folder / "requirements.lock")], check=True)
    return python


def reproduced(var: VarFolder, release_id: str, python: Path) -> tuple[int, str]:
    """Exit code and words of the command, in the environment of that Python."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("NORDWAERTS_")}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "reproduce", release_id, "--python", str(python), "--lang", "en"],
        env={**own, "NORDWAERTS_VAR": str(var.root), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def main() -> None:
    """Live, copy, install, reproduce; write the section."""
    with tempfile.TemporaryDirectory(prefix="nordwaerts-reproduce-trial-") as folder:
        place = Path(folder)
        var = copied(corrected_nights(place / "life", RELEASES), place / "elsewhere")
        shutil.rmtree(place / "life")
        python, lines, wrong = environment(var, place), [], 0
        for item in reading.history(var, RELEASES):
            begun = time.monotonic()
            code, said = reproduced(var, item.release.release_id, python)
            wrong += code != 0
            last = [line for line in said.splitlines() if line.startswith("Release ")][-1:] or said.splitlines()[-3:]
            lines.append(f"- {' '.join(last)} {time.monotonic() - begun:.0f} s.")
            print(lines[-1], flush=True)
            if "The environment is not" in said:
                print(said, flush=True)
                wrong += 1
    wrong += RELEASES - len(lines)
    told = "Every table of every release is the same." if not wrong else f"**{wrong} failed.**"
    text = (
        f"{HEADING}\n\n{(__doc__ or '').split(chr(10) + chr(10))[1].strip()}\n\n" + "\n".join(lines) + f"\n\n{told}\n"
    )
    REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
