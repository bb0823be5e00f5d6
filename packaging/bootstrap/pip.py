"""Runs pip in the virtual environment, with its progress in plain lines and its failure explained."""

import shutil
import subprocess
from collections import deque

from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.say import say

SHOWN = ("Downloading ", "Installing collected packages", "Building ", "Using cached ")
LAST_LINES = 15
SCARCE_BYTES = 1 << 30


def install(places: Places, what: str, *arguments: str) -> None:
    """`pip install ARGUMENTS` under the pins of packaging/constraints.txt.

    Raises:
        Problem: pip failed; its last lines are in the message.
    """
    say(f"Installing {what} ...")
    command = [str(places.python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", "--constraint", str(places.constraints), *arguments]
    last: deque[str] = deque(maxlen=LAST_LINES)
    with subprocess.Popen(
        command, cwd=places.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            last.append(line.rstrip())
            if line.strip().startswith(SHOWN):
                say(f"  {line.strip()[:110]}")
    if pip.returncode:
        raise Problem(f"pip could not install {what}; it said:\n  " + "\n  ".join(last) + "\n", _advice(places))


def _advice(places: Places) -> str:
    free = shutil.disk_usage(places.root).free
    if free < SCARCE_BYTES:
        return f"Only {free / 1e6:,.0f} MB are free on this disk: free some space, then run the same command again."
    return (
        "If it could not reach or download a package, check the network (behind a proxy, set HTTPS_PROXY), "
        "then run the same command again: what is installed already is kept."
    )
