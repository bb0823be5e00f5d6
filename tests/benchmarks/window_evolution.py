"""The Evolution tab with a large run: opening it, zooming and moving the heat map, a snapshot that joins.

python -m tests.benchmarks.window_evolution [--examples N] [--snapshots N], on a screen or with
QT_QPA_PLATFORM=offscreen.
"""

import argparse
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import psutil
from PySide6.QtCore import QEvent, QObject, qVersion
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget
from rich.console import Console
from rich.table import Table

from backend.evolution.replies import EvolutionReplies
from backend.opening import open_host
from backend.paths import Home
from backend.protocol.evolution import RunReply
from backend.store.store import Store
from backend.supervisor.launcher import LocalLauncher
from gui.evolution.body import RunBody
from gui.evolution.choice import Kept, Measure, Order
from gui.program import Program
from tests.benchmarks.window_queue import Row, Stalls, timed, turn, until
from tests.fakes.evolution_runs import index
from tests.fakes.hosting import give_base
from tests.fakes.scripted_engine import Script
from tests.makers.evolution_files import make_run

MOVES = 100
LARGE, SMALL = "large.jsonl", "small.jsonl"


class Repaints(QObject):
    """How long each repaint of the picture took."""

    def __init__(self, canvas: QGraphicsView) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._canvas = canvas

    def force(self) -> None:
        before = time.perf_counter()
        self._canvas.viewport().repaint()
        self.seconds.append(time.perf_counter() - before)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100)[98]


class Painted(QObject):
    """Whether a widget was painted since it was asked for."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.seen = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.seen = self.seen or event.type() is QEvent.Type.Paint
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description="The Evolution tab with a large run.")
    parser.add_argument("--examples", type=int, default=500)
    parser.add_argument("--snapshots", type=int, default=200)
    wanted = parser.parse_args()
    app = QApplication(sys.argv[:1])
    console = Console()
    console.print(
        f"{platform.platform()}, {psutil.cpu_count(logical=False)} cores, Python {platform.python_version()}, "
        f"Qt {qVersion()} on {QApplication.platformName()}"
    )
    with tempfile.TemporaryDirectory() as folder:
        rows, repaints = measured(app, Home(Path(folder) / "home"), wanted.examples, wanted.snapshots)
    shown = Table(
        "what",
        "time",
        "p99 of the stalls",
        "longest",
        title=f"{wanted.examples} examples, {wanted.snapshots} snapshots",
    )
    for row in rows:
        shown.add_row(row.what, f"{row.took:.2f} s", f"{1000 * row.p99:.1f} ms", f"{1000 * row.longest:.1f} ms")
    console.print(shown)
    console.print(f"p99 of {len(repaints.seconds)} repaints: {1000 * repaints.p99:.1f} ms")


def measured(app: QApplication, home: Home, examples: int, snapshots: int) -> tuple[list[Row], Repaints]:
    reply = fill(home, examples, snapshots)
    program = Program(app, home, lambda of: open_host(of, LocalLauncher(Script().command())))
    program.window.tabs.setCurrentIndex(1)
    program.show()
    panel = program.window.evolution
    until(lambda: panel.body is not None and panel.body.grid is not None)
    assert panel.body is not None
    body, stalls, rows = panel.body, Stalls(), list[Row]()
    canvas = body.picture.findChild(QGraphicsView)
    assert isinstance(canvas, QGraphicsView)
    turn(1.0)
    rows.append(timed("from the choice of the run to the picture", stalls, lambda: open_run(program, body, canvas)))
    rows.append(timed("stand idle for 2 s", stalls, lambda: turn(2.0)))
    repaints = Repaints(canvas)
    rows.append(timed(f"{MOVES} moves of the zoomed map", stalls, lambda: move(body, repaints)))
    rows.append(timed("another order", stalls, lambda: look(body, Order.SPEED, "")))
    rows.append(timed("a search", stalls, lambda: look(body, Order.SPEED, "12")))
    rows.append(timed("no search any more", stalls, lambda: look(body, Order.SPEED, "")))
    body.show_run(msgspec.structs.replace(reply, figures=reply.figures[:-1]), False)
    turn(0.3)
    rows.append(timed("a snapshot that joins", stalls, lambda: join(body, reply)))
    gone: list[bool] = []
    program.gone.connect(lambda: gone.append(True))
    program.closing.now()
    until(lambda: bool(gone))
    return rows, repaints


def fill(home: Home, examples: int, snapshots: int) -> RunReply:
    """A large run, and a small one that is newer and therefore shown first."""
    give_base(home)
    make_run(home, LARGE, examples=examples, steps=[10 * place for place in range(snapshots)], answered_share=0.3)
    make_run(home, SMALL, began="2026-11-26T00:00:00.000Z")
    index(home)
    store = Store.open(home)
    replies = EvolutionReplies(home, store.evolution)
    reply = replies.run(next(run.id for run in replies.runs().runs if run.dataset_name == LARGE), None)
    store.close()
    return reply


def open_run(program: Program, body: RunBody, canvas: QGraphicsView) -> None:
    reader = program.window.evolution.reader
    large = next(run.id for run in reader.runs if run.dataset_name == LARGE)
    painted = Painted(canvas.viewport())
    reader.choose(large)
    until(lambda: body.grid is not None and body.grid.run == large)
    painted.seen = False
    until(lambda: painted.seen)


def move(body: RunBody, repaints: Repaints) -> None:
    """A quarter of each axis, from the top left to the bottom right, painted at each place."""
    rows, columns = body.picture.map.size
    for place in range(MOVES):
        left, top = (0.75 * size * place / MOVES for size in (columns, rows))
        body.picture.map.view.setRange(xRange=(left, left + columns / 4), yRange=(top, top + rows / 4), padding=0)
        repaints.force()
        turn(0.01)


def join(body: RunBody, reply: RunReply) -> None:
    body.show_run(reply, True)
    turn(0.2)


def look(body: RunBody, order: Order, wanted: str) -> None:
    body.look(Measure.LOSS, order, Kept.ALL, wanted)
    turn(0.2)


if __name__ == "__main__":
    main()
