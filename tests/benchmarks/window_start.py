"""From the start of the program to a window that can be used: painted, and its host answers.

    python -m tests.benchmarks.window_start [PROGRAM]

PROGRAM is a frozen espalier; without it, and beside it, the program runs from its sources. Each start is warm and in a
home that was used before; rounds alternate, the median is shown. Exits 1 where the frozen program takes over 1.5 s.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from backend import client
from backend.paths import Home
from backend.protocol import host as p

PROJECT = Path(__file__).parents[2]
ROUNDS = 7
LIMIT_SECONDS = 1.5
PATIENCE_SECONDS = 60.0
SOURCES = "from sources"
FROZEN = "frozen"


def seconds_to_usable(command: Sequence[str], home: Home) -> float:
    """The host is opened after the first paint, so a host that answers stands behind a window that is painted."""
    began = time.perf_counter()
    window = subprocess.Popen(
        [*command, "--base-dir", str(home.root)],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")},
        stderr=subprocess.DEVNULL,  # offscreen, Qt tells of what it cannot do there
    )
    try:
        while True:
            host = client.connect(home)
            if host is not None:
                break
            if window.poll() is not None or time.perf_counter() - began > PATIENCE_SECONDS:
                raise SystemExit(f"The window of {command[0]} did not open.")
            time.sleep(0.005)
        host.handle(p.GetStatus())
        taken = time.perf_counter() - began
        host.close()
        return taken
    finally:
        window.terminate()
        window.wait(PATIENCE_SECONDS)


def main(arguments: Sequence[str]) -> int:
    programs: dict[str, tuple[str, ...]] = {SOURCES: (sys.executable, "-m", "gui")}
    if arguments:
        programs[FROZEN] = (str(Path(arguments[0]).resolve()),)
    taken: dict[str, list[float]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory(prefix="espalier-start-") as folder:
        home = Home(Path(folder) / "home")
        home.create()
        for command in programs.values():
            seconds_to_usable(command, home)  # the first start reads from disk
        for _ in range(ROUNDS):
            for name, command in programs.items():
                taken[name].append(seconds_to_usable(command, home))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.platform()}, {ROUNDS} rounds")
    print(f"{'program':14} {'median':>8} {'fastest':>8} {'slowest':>8}")
    for name, seconds in taken.items():
        print(f"{name:14} {statistics.median(seconds):7.2f}s {min(seconds):7.2f}s {max(seconds):7.2f}s")
    if FROZEN not in taken:
        return 0
    ratio = statistics.median(taken[FROZEN]) / statistics.median(taken[SOURCES])
    print(f"frozen : from sources = {ratio:.2f}")
    return 0 if statistics.median(taken[FROZEN]) <= LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
