"""Stands for an installed Espalier that runs: a host with its engine, as one file that the system's Python can run.

Run as PROGRAM installed_espalier.py ROLE DIARY [SECONDS]; PROGRAM is a copy of Python at the place of the packaged
program. The diary gets a line for everything that a test wants to know.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ARG_START = 47
"""In /proc/self/stat, counted from 0: where the words of the command line lie in the process's memory."""


def note(diary: Path, line: str) -> None:
    with diary.open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")


def host(diary: Path, seconds: float) -> None:
    """On SIGTERM it lets its engine save, which takes `seconds`, and ends."""
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    words = [sys.executable, __file__, "engine", str(diary), str(seconds)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True) as engine:
        note(diary, "host runs")
        while not asked.wait(0.1):
            pass
        engine.communicate()
    note(diary, "host ends")


def engine(diary: Path, seconds: float) -> None:
    """Ends when its pipe closes, and notes it when anybody signals it."""
    signal.signal(signal.SIGTERM, lambda *_: note(diary, "engine was signalled"))
    call_oneself("--engine")
    note(diary, "engine runs")
    sys.stdin.read()
    time.sleep(seconds)
    note(diary, "engine saved")


def stubborn(diary: Path, seconds: float) -> None:
    """Does not end by SIGTERM, but by itself after `seconds`."""
    signal.signal(signal.SIGTERM, lambda *_: note(diary, "host was asked"))
    note(diary, "host runs")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.1)


def call_oneself(word: str) -> None:
    """Make `word` the first word of this process's command line, as ps and /proc show it."""
    stat = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace")
    fields = stat.rpartition(")")[2].split()
    start, end = (int(fields[place - 2]) for place in (ARG_START, ARG_START + 1))
    shown = b"\0".join([os.fsencode(sys.executable), word.encode()]).ljust(end - start, b"\0")
    with Path("/proc/self/mem").open("r+b", buffering=0) as memory:
        memory.seek(start)
        memory.write(shown[: end - start])


if __name__ == "__main__":
    role, place, *more = sys.argv[1:]
    {"host": host, "engine": engine, "stubborn": stubborn}[role](Path(place), float(more[0]) if more else 0)
