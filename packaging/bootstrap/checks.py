"""Runs every check and every test, whatever fails on the way, and sums up at the end."""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass

from bootstrap.places import Places

SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
"""Two at once: most tests wait for a child most of the time. More would starve those that train on two cores.

In the order of the files: the long ones of tests/e2e come first, so that none of them is left alone at the end."""


@dataclass(frozen=True)
class Check:
    """One command; `command` follows the virtual environment's Python."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """How a check went. `last_line` is the last thing it said."""

    name: str
    status: int
    seconds: float
    last_line: str

    def __str__(self) -> str:
        verdict = "ok    " if self.status == 0 else "FAILED"
        return f"{verdict} {self.name:12} {self.seconds:7.1f} s  {self.last_line.strip('= ')}"


def all_checks(pytest_arguments: list[str]) -> list[Check]:
    elsewhere = ("--no-warn-unreachable", "backend", "gui", "packaging", "start.py")
    return [
        Check("ruff check", ("-m", "ruff", "check", ".")),
        Check("ruff format", ("-m", "ruff", "format", "--check", ".")),
        Check("mypy", ("-m", "mypy")),
        Check("mypy Windows", ("-m", "mypy", "--platform", "win32", *elsewhere)),
        Check("mypy macOS", ("-m", "mypy", "--platform", "darwin", *elsewhere)),
        Check("pytest", ("-m", "pytest", *SIDE_BY_SIDE, *pytest_arguments)),
    ]


def fault_loops(pytest_arguments: list[str]) -> list[Check]:
    """Those that kill, fill disks and take calls out, whole; what pytest is told beside that."""
    return [Check("faults", ("-m", "pytest", "tests/faults", "-n", "2", *pytest_arguments))]


def run_all(places: Places, checks: list[Check]) -> int:
    """Run them one after the other.

    Returns:
        0 where all passed, else 1.
    """
    with tempfile.TemporaryDirectory(prefix="espalier-tests-", ignore_cleanup_errors=True) as folder:
        environment = {**os.environ, "PYTEST_DEBUG_TEMPROOT": folder}  # two runs never clear up each other's
        results = [_run(places, check, environment) for check in checks]
    print(*["", *results], sep="\n")
    failed = [result.name for result in results if result.status]
    print(f"Failed: {', '.join(failed)}." if failed else "All checks and tests passed.", flush=True)
    return 1 if failed else 0


def _run(places: Places, check: Check, environment: dict[str, str]) -> Result:
    print(f"--- {check.name}: python {' '.join(check.command)}", flush=True)
    began = time.monotonic()
    last_line = ""
    with subprocess.Popen(
        [str(places.python), *check.command],
        cwd=places.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        bufsize=1,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            last_line = line.strip() or last_line
    return Result(check.name, process.returncode, time.monotonic() - began, last_line)
