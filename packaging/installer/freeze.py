"""Has PyInstaller make the one-folder program."""

import os
import subprocess
import sys
from collections.abc import Sequence

from bootstrap.places import Places
from bootstrap.problem import Problem

LAST_LINES = 25
WITHOUT = "ESPALIER_BUILD_WITHOUT"
"""Tells espalier.spec which packages to leave out."""


def freeze(places: Places, without: Sequence[str] = ()) -> None:
    """Make `places.bundle` anew; the whole output is kept beside the work.

    Args:
        without: packages that stay out, for a bundle that is made in seconds and cannot train.

    Raises:
        Problem: PyInstaller failed; its last lines are in the message.
    """
    places.workshop.mkdir(exist_ok=True)
    log = places.workshop / "pyinstaller.log"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "INFO"]
    command += ["--distpath", str(places.results), "--workpath", str(places.workshop / "frozen")]
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
