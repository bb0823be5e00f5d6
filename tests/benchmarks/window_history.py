"""The history with very many versions: opening, scrolling, filtering, a version that changes; how long it stands still.

python -m tests.benchmarks.window_history [--versions N], on a screen or with QT_QPA_PLATFORM=offscreen. Beside it, in
the same run, a history of ten versions does the same.
"""

import argparse
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psutil
from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication
from rich.console import Console
from rich.table import Table

from backend import files
from backend.domain.head import AdapterSettings, Base, Head
from backend.domain.job import JobSettings
from backend.domain.move import MoveKind
from backend.domain.version import Parent, TrainedJob, Version, VersionCard
from backend.opening import open_host
from backend.paths import Home
from backend.store.store import Store
from backend.supervisor.launcher import LocalLauncher
from gui.actions.catalogue import ActionId
from gui.history.dialog import HistoryDialog
from gui.program import Program
from tests.benchmarks.window_queue import Row, Stalls, timed, turn, until
from tests.fakes.hosting import give_base
from tests.fakes.scripted_engine import Script

FEW = 10
SCROLLS = 200
MOVES_A_VERSION = 3
"""The consolidation, and two choices of a model between: moves that need no checkpoint."""


def main() -> None:
    parser = argparse.ArgumentParser(description="The history with very many versions.")
    parser.add_argument("--versions", type=int, default=1000)
    many = parser.parse_args().versions
    app = QApplication(sys.argv[:1])
    console = Console()
    console.print(
        f"{platform.platform()}, {psutil.cpu_count(logical=False)} cores, Python {platform.python_version()}, "
        f"Qt {qVersion()} on {QApplication.platformName()}"
    )
    for count in (FEW, many):
        with tempfile.TemporaryDirectory() as folder:
            console.print(table(count, measured(app, Home(Path(folder) / "home"), count)))


def measured(app: QApplication, home: Home, versions: int) -> list[Row]:
    fill(home, versions)
    program = Program(app, home, lambda of: open_host(of, LocalLauncher(Script().command())))
    program.show()
    until(lambda: program.facts.now.open and program.facts.now.status.pid is not None)
    turn(2.0)
    stalls, rows = Stalls(), list[Row]()
    rows.append(timed("from the action to all rows", stalls, lambda: show(program, versions)))
    [dialog] = program.window.findChildren(HistoryDialog)
    rows.append(timed("scroll from top to bottom", stalls, lambda: scroll(dialog)))
    rows.append(timed("choose 50 entries, one after another", stalls, lambda: choose(dialog)))
    rows.append(timed("a version that changes", stalls, lambda: tag(dialog, versions)))
    rows.append(timed("a filter, and none again", stalls, lambda: narrow(dialog)))
    gone: list[bool] = []
    program.gone.connect(lambda: gone.append(True))
    program.closing.now()
    until(lambda: bool(gone))
    return rows


def fill(home: Home, versions: int) -> None:
    """Rows, and folders with nothing in them: the history reads none."""
    give_base(home)
    store = Store.open(home)
    with store.atomic():
        former = ""
        for number in range(1, versions + 1):
            version = made(number, former)
            former = version.id
            store.versions.put(version)
            folder = home.root / version.path
            folder.mkdir(parents=True)
            (folder / files.SUMS).touch()
            store.bases.put(Base(slug=version.id, path=str(folder), sha256="0"))
            store.head.move(Head(base="tiny", total_steps=number), MoveKind.USE)
            store.head.move(Head(base=version.id, total_steps=number), MoveKind.CONSOLIDATION)
            store.head.move(Head(base=version.id, total_steps=number + 1), MoveKind.USE)
    store.close()


def made(number: int, parent: str) -> Version:
    job = TrainedJob(
        job=number, name=f"file {number}.jsonl", dataset="0" * 64, rows=1000, steps=125, settings=JobSettings(epochs=3)
    )
    card = VersionCard(
        id=f"v{number:03d}",
        number=number,
        slug=f"file-{number}",
        description="One of very many",
        created_at="2026-03-01T03:00:00.000Z",
        parent=Parent(base=parent or "tiny", sha256="0", version=parent or None),
        adapter=AdapterSettings(),
        checkpoint=number,
        total_steps=number * 125,
        jobs=(job,),
    )
    return Version(card=card, path=f"models/versions/v{number:03d}", sums_sha256="0", bytes=1_000_000_000)


def show(program: Program, versions: int) -> None:
    program.window.verbs[ActionId.HISTORY].trigger()
    [dialog] = program.window.findChildren(HistoryDialog)
    until(lambda: len(dialog.table.model.records) >= versions * MOVES_A_VERSION)
    turn(0.1)


def scroll(dialog: HistoryDialog) -> None:
    bar = dialog.table.view.verticalScrollBar()
    for part in range(SCROLLS + 1):
        bar.setValue(round(bar.maximum() * part / SCROLLS))
        turn(0.01)


def choose(dialog: HistoryDialog) -> None:
    view = dialog.table.view
    for row in range(min(50, len(dialog.table.model.records))):
        view.setCurrentIndex(view.model().index(row, 0))
        turn(0.01)


def tag(dialog: HistoryDialog, versions: int) -> None:
    wanted = f"v{versions:03d}"
    dialog.card.tags_wanted.emit(wanted, ("good",))
    until(lambda: any(one.version is not None and one.version.tags == ("good",) for one in dialog.table.model.records))
    turn(0.3)


def narrow(dialog: HistoryDialog) -> None:
    for words in ("file 7", ""):
        dialog.table.wanted.setText(words)
        turn(0.1)


def table(versions: int, rows: Sequence[Row]) -> Table:
    shown = Table("what", "time", "p99 of the stalls", "longest", title=f"{versions:,} versions")
    for row in rows:
        shown.add_row(row.what, f"{row.took:.2f} s", f"{1000 * row.p99:.1f} ms", f"{1000 * row.longest:.1f} ms")
    return shown


if __name__ == "__main__":
    main()
