"""Has PyInstaller make the one-folder program."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bootstrap.places import Places
from bootstrap.problem import Problem

from installer import toc
from installer.toc import Bundled

LAST_LINES = 25
WITHOUT = "ESPALIER_BUILD_WITHOUT"
"""Tells espalier.spec which packages to leave out."""


def freeze(places: Places, results: Path, workshop: Path, without: Sequence[str] = ()) -> list[Bundled]:
    """Make the folder `espalier` in `results` anew. Returns what went in.

    Args:
        workshop: keeps what PyInstaller said and made on its way.
        without: packages that stay out, for a bundle that is made in seconds and cannot train.

    Raises:
        Problem: PyInstaller failed; its last lines are in the message.
    """
    workshop.mkdir(parents=True, exist_ok=True)
    log = workshop / "pyinstaller.log"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "INFO"]
    command += ["--distpath", str(results), "--workpath", str(workshop / "frozen")]
    command.append(str(places.root / "packaging" / "installer" / "espalier.spec"))
    environment = {**os.environ, "PYTHONPATH": str(places.root / "packaging"), "PYTHONHASHSEED": "1"}
    environment[WITHOUT] = ",".join(without)
    with log.open("wb") as stream:
        done = subprocess.run(
            command, cwd=places.root, env=environment, stdout=stream, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
        raise Problem("PyInstaller failed; it said:\n  " + "\n  ".join(last) + "\n", f"All it said is in {log}.")
    return toc.read(workshop / "frozen" / "espalier")
