"""The window with very many files in the queue: opening, scrolling, changing; how long its event loop stands still.

python -m tests.benchmarks.window_queue [--jobs N], on a screen or with QT_QPA_PLATFORM=offscreen. A file trains on the
scripted engine meanwhile, so that plots and rows move. Beside it, in the same run, an empty window does the same.
"""

import argparse
import functools
import itertools
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from PySide6.QtCore import QEventLoop, QTimer, qVersion
from PySide6.QtWidgets import QApplication
from rich.console import Console
from rich.table import Table

from backend.domain.job import Priority
from backend.opening import open_host
from backend.paths import Home
from backend.protocol import host as p
from backend.service import Service
from backend.supervisor.launcher import LocalLauncher
from gui.actions.catalogue import ActionId
from gui.program import Program
from gui.queue.model import QueueModel
from tests.benchmarks.queue import item
from tests.fakes.hosting import dataset, give_base
from tests.fakes.scripted_engine import Script

TICK_MS = 1
SCROLLS = 200
MOVES = 20
PATIENCE = 120.0
FAST = Script(steps=1_000_000, seconds=0.005, save_every=1_000_000)


class Stalls:
    """How long the event loop was away, from a timer that should come each millisecond."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last: float | None = None
        self._timer = QTimer()
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def begin(self) -> None:
        self.gaps, self._last = [], None

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last is not None:
            self.gaps.append(now - self._last)
        self._last = now

    @property
    def longest(self) -> float:
        return max(self.gaps, default=0.0)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.gaps, n=100)[98] if len(self.gaps) > 1 else self.longest


class Row:
    """One line of the table."""

    def __init__(self, what: str, took: float, stalls: Stalls) -> None:
        self.what, self.took, self.p99, self.longest = what, took, stalls.p99, stalls.longest


def main() -> None:
    parser = argparse.ArgumentParser(description="The window with very many files in the queue.")
    parser.add_argument("--jobs", type=int, default=100_000)
    jobs = parser.parse_args().jobs
    app = QApplication(sys.argv[:1])
    console = Console()
    console.print(
        f"{platform.platform()}, {psutil.cpu_count(logical=False)} cores, Python {platform.python_version()}, "
        f"Qt {qVersion()} on {QApplication.platformName()}"
    )
    for count in (0, jobs):
        with tempfile.TemporaryDirectory() as folder:
            console.print(table(count, measured(app, Home(Path(folder) / "home"), count)))


def measured(app: QApplication, home: Home, jobs: int) -> list[Row]:
    fill(home, jobs)
    stalls = Stalls()
    rows: list[Row] = []
    program = Program(app, home, lambda of: open_host(of, LocalLauncher(FAST.command())))
    before = time.perf_counter()
    stalls.begin()
    program.show()
    until(lambda: program.window.queue.model.waiting_count == jobs + 1)
    rows.append(Row("open until all rows are shown", time.perf_counter() - before, stalls))
    rows.append(timed("stand idle for 3 s", stalls, lambda: turn(3.0)))
    rows.append(timed("scroll from top to bottom, idle", stalls, lambda: scroll(program)))
    program.window.verbs[ActionId.START].trigger()
    until(lambda: (program.facts.now.status.step or 0) > 20)
    turn(1.0)
    rows.append(timed("train for 3 s", stalls, lambda: turn(3.0)))
    rows.append(timed("scroll from top to bottom, training", stalls, lambda: scroll(program)))
    if jobs:
        rows.append(timed(f"move {MOVES} rows to the top, training", stalls, lambda: move(program)))
    gone: list[bool] = []
    program.gone.connect(lambda: gone.append(True))
    program.closing.now()
    until(lambda: bool(gone))
    return rows


def fill(home: Home, jobs: int) -> None:
    """One file that trains, and very many that wait; their content is not there, for nobody reads it."""
    give_base(home)
    host = Service(home, may_train=False)
    host.handle(p.Enqueue(dataset=dataset(home, "trains.jsonl"), priority=Priority.HIGH))
    host.handle(p.EnqueueMany(items=tuple(item(number) for number in range(jobs))))
    host.close()


def scroll(program: Program) -> None:
    """In even steps through all rows, as dragging the scroll bar does."""
    bar = program.window.queue.view.verticalScrollBar()
    for part in range(SCROLLS + 1):
        bar.setValue(round(bar.maximum() * part / SCROLLS))
        turn(0.01)


def move(program: Program) -> None:
    """Each from the bottom of its level, one after another."""
    model = program.window.queue.model
    waiting = model.waiting()
    for job in itertools.islice(reversed(waiting), MOVES):
        program.window.queue.select([job.id])
        program.window.verbs[ActionId.MOVE_TOP].trigger()
        until(functools.partial(stands_elsewhere, model, job.id, model.job_index(job.id).row()))


def stands_elsewhere(model: QueueModel, job: int, row: int) -> bool:
    return model.job_index(job).row() != row


def timed(what: str, stalls: Stalls, act: Callable[[], object]) -> Row:
    stalls.begin()
    before = time.perf_counter()
    act()
    return Row(what, time.perf_counter() - before, stalls)


def turn(seconds: float) -> None:
    """Let the event loop run."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + PATIENCE
    while not holds():
        assert time.perf_counter() < deadline, "it did not come in time"
        turn(0.005)


def table(jobs: int, rows: Sequence[Row]) -> Table:
    shown = Table("what", "time", "p99 of the stalls", "longest", title=f"{jobs:,} files wait in the queue")
    for row in rows:
        shown.add_row(row.what, f"{row.took:.2f} s", f"{1000 * row.p99:.1f} ms", f"{1000 * row.longest:.1f} ms")
    return shown


if __name__ == "__main__":
    main()
