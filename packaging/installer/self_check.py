"""Runs the frozen program's own check of itself, as its user would: without our environment, in a folder of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bootstrap.problem import Problem

LIMIT_SECONDS = 900
OF_PYTHON = ("PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "VIRTUAL_ENV", "ESPALIER_HOME")


def program_in(bundle: Path) -> Path:
    """What the command line calls; on Windows the window's own program has no console to print to."""
    return bundle / ("espalier-cli.exe" if sys.platform == "win32" else "espalier")


def check(bundle: Path) -> None:
    """Its table goes to our own output.

    Raises:
        Problem: it failed, or did not end.
    """
    environment = {name: value for name, value in os.environ.items() if name not in OF_PYTHON}
    with tempfile.TemporaryDirectory(prefix="espalier-build-", ignore_cleanup_errors=True) as data:
        environment |= {"XDG_DATA_HOME": data, "WIN_PD_OVERRIDE_LOCAL_APPDATA": data}
        try:
            done = subprocess.run(
                [str(program_in(bundle)), "--self-check"], cwd=data, env=environment, timeout=LIMIT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Problem(
                f"The self-check did not end in {LIMIT_SECONDS} s.", "Run it by hand to see where."
            ) from error
    if done.returncode:
        raise Problem(
            f"The frozen program's self-check failed (exit status {done.returncode}).", "The table above says where."
        )
