"""The program as users have it: `espalier` as a process, with the real engine."""

import subprocess
import sys
from pathlib import Path

from tests.fakes.command_line import Ended

PROJECT = Path(__file__).parents[2]
PATIENCE = 600.0


def command(home: Path, *words: object) -> tuple[str, ...]:
    return (sys.executable, "-m", "gui", *map(str, words), "--base-dir", str(home))


def espalier(home: Path, *words: object) -> Ended:
    """Run a command to its end."""
    done = subprocess.run(
        command(home, *words), cwd=PROJECT, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False
    )
    return Ended(done.returncode, done.stdout, done.stderr)
