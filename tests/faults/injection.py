"""Watches one program by strace, records its calls that change what is on disk, and ends it at a chosen one.

strace counts calls for each thread apart (semantics.md 26), so the tracer is put on one thread at a time: the n-th call
of that thread is then the n-th call that strace sees.
"""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

CALLS = ("fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "link", "symlink")
"""All that make something durable, give it a name, or take its name away."""
CALL = re.compile(r"^(?:(?P<thread>\d+) +)?(?P<call>[a-z0-9_]+)\((?P<arguments>.*)$")
PATHS = re.compile(r'<([^<>]*)>|"([^"]*)"')
CHANGING = re.compile(r"[0-9a-f]{8,}|\d{8}_\d{6}|\d{4}-\d\d-\d\d(?:T[0-9:.Z+-]+)?|\d{12,}")
"""What differs from one run to the next in the name of a file."""
KILLED = "+++ killed by SIGKILL +++"


@dataclass(frozen=True)
class Point:
    """The n-th call of one kind in one thread: the place of one death."""

    role: str
    """`host`, the name of a thread of the host, `engine` or `trial`."""
    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.role} {self.call} {self.number}"


@dataclass(frozen=True)
class Seen:
    """One call as it was recorded."""

    thread: int
    call: str
    about: str
    """Its paths below the home, without what differs from run to run; empty where it is about something else."""


def strace() -> str:
    """The program; without it nothing can be shown, so its lack fails a test rather than passing it over."""
    found = shutil.which("strace")
    assert found is not None, "strace is missing: packaging/system-programs.txt names its package."
    return found


def recording(log: Path) -> tuple[str, ...]:
    """Options of strace that record into `log`."""
    return (strace(), "-y", "-s", "400", "-o", str(log), "-e", f"trace={','.join(CALLS)}")


def injecting(log: Path, point: Point, fault: str = "signal=SIGKILL") -> tuple[str, ...]:
    """Options that also let a fault happen at the point, before the call does anything."""
    return (*recording(log), "-e", f"inject={point.call}:{fault}:when={point.number}")


class Tracer:
    """strace on a running thread, in its place as soon as this is made."""

    def __init__(self, options: Sequence[str], thread: int) -> None:
        self._process = subprocess.Popen((*options, "-p", str(thread)), stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        line = self._process.stderr.readline()
        assert "attached" in line, f"strace cannot watch {thread}: {line}"

    def wait(self) -> None:
        """Until the watched one has ended."""
        self._process.communicate()


def seen(log: Path, home: Path) -> list[Seen]:
    """The calls in a log of strace, in their order."""
    found = []
    for line in log.read_text(errors="replace").splitlines():
        match = CALL.match(line)
        if match and match["call"] in CALLS:
            paths = [a or b for a, b in PATHS.findall(match["arguments"])]
            inside = (Path(path).relative_to(home).as_posix() for path in paths if Path(path).is_relative_to(home))
            about = " -> ".join(CHANGING.sub("*", path) for path in inside)
            found.append(Seen(int(match["thread"] or 0), match["call"], about))
    return found


def was_killed(log: Path) -> bool:
    """Whether the fault came to pass."""
    return log.exists() and any(line.endswith(KILLED) for line in log.read_text(errors="replace").splitlines())


def was_injected(log: Path) -> bool:
    """Whether a call was made to fail."""
    return log.exists() and "(INJECTED)" in log.read_text(errors="replace")


def points(role: str, calls: Iterable[Seen]) -> list[Point]:
    """Every call of one log that is about the home as a point, in their order."""
    numbers: Counter[str] = Counter()
    found = []
    for call in calls:
        numbers[call.call] += 1
        if call.about:
            found.append(Point(role, call.call, numbers[call.call]))
    return found
