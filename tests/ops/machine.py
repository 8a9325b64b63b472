"""A machine in a folder: the paths ops/ names, below a root of its own, and commands run as the units write them."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPS = ROOT / "ops"
UNITS = sorted((OPS / "systemd").glob("*.service"))
TIMERS = sorted((OPS / "systemd").glob("*.timer"))
_PLACES = re.compile(r"(?<![\w/])/(?=(?:opt|etc|srv|var/lib|run)/nordwaerts)")


def settings(unit: Path, key: str) -> list[str]:
    """The values of one setting in a unit file, in order."""
    return re.findall(rf"^{re.escape(key)}=(.*)$", unit.read_text(encoding="utf-8"), flags=re.M)


@dataclass(frozen=True)
class Machine:
    """Everything ops/ calls by an absolute path lies below `root`."""

    root: Path

    @classmethod
    def set_up(cls, root: Path) -> "Machine":
        """Install the project and its units as the guide says, with this interpreter's environment."""
        project = root / "opt" / "nordwaerts"
        project.mkdir(parents=True)
        for name, target in (
            (".venv", Path(sys.prefix)),
            ("orchestration", ROOT / "orchestration"),
            ("docs", ROOT / "docs"),
        ):
            (project / name).symlink_to(target)
        made = cls(root)
        for name in ("opt/nordwaerts/workspace.yaml", "etc/nordwaerts/nordwaerts.env"):
            source = ROOT / "workspace.yaml" if name.endswith("yaml") else OPS / "systemd" / "nordwaerts.env"
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(made.placed(source.read_text(encoding="utf-8")), encoding="utf-8")
        for place in ("var/lib/nordwaerts/var", "srv/nordwaerts/inbox", "run/nordwaerts-metrics"):
            (root / place).mkdir(parents=True)
        return made

    def placed(self, text: str) -> str:
        """A text of ops/ with its paths below the root."""
        return _PLACES.sub(f"{self.root}/", text)

    def units(self) -> Path:
        """A folder with a copy of all units, as systemd would find them."""
        folder = self.root / "etc" / "systemd" / "system"
        shutil.copytree(OPS / "systemd", folder)
        for path in folder.rglob("*"):
            if path.is_file():
                path.write_text(self.placed(path.read_text(encoding="utf-8")), encoding="utf-8")
        return folder

    def environment(self) -> dict[str, str]:
        """What nordwaerts.env sets, on top of the environment of this test; the code is that of this folder."""
        lines = (self.root / "etc" / "nordwaerts" / "nordwaerts.env").read_text(encoding="utf-8").splitlines()
        told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        return {**os.environ, **told, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}

    def command(self, unit: Path, key: str = "ExecStart") -> list[str]:
        """The one command of a unit, its variables filled in from nordwaerts.env as systemd does."""
        [line] = settings(unit, key)
        filled = re.sub(r"\$\{(\w+)\}", lambda name: self.environment()[name[1]], self.placed(line))
        return shlex.split(filled)

    def run(self, *command: str, umask: int = -1, **more: str) -> subprocess.CompletedProcess[str]:
        """A command in the folder and the environment of the units."""
        return subprocess.run(
            command,
            cwd=self.root / "opt" / "nordwaerts",
            env={**self.environment(), **more},
            capture_output=True,
            text=True,
            timeout=120,
            umask=umask,
            check=False,
        )
