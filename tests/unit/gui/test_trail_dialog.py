"""The audit trail in the window: pages, what happens meanwhile, words for everything, export."""

import ast
import csv
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from backend.domain.entry import Entry
from backend.domain.job import JobState
from backend.domain.operation import OperationKind, OperationState
from backend.paths import Home
from backend.protocol.host import Failure, GetHistory, HistoryReply
from backend.store.store import Store
from gui.actions.catalogue import ActionId
from gui.format import moment
from gui.theme import ThemeKeeper
from gui.trail.columns import WORDS
from gui.trail.dialog import PAGE, TrailDialog
from gui.trail.operation_words import said
from tests.fakes.scripted_engine import Script
from tests.fakes.window import PATIENCE_MS, User, WriteFile

PROJECT = Path(__file__).parents[3]
SitDown = Callable[..., User]


class Host(QObject):
    """Answers a dialog from a list of entries, as the host would; it lives as long as the dialog."""

    def __init__(self, dialog: TrailDialog, entries: list[Entry]) -> None:
        super().__init__(dialog)
        self.entries = entries
        self.asked: list[GetHistory] = []
        self._dialog = dialog
        dialog.wanted.connect(self.answer)

    def answer(self, request: GetHistory) -> None:
        self.asked.append(request)
        before = request.before or 2**62
        fitting = tuple(entry for entry in self.entries if request.after < entry.id < before)
        self._dialog.answer(request, HistoryReply(entries=fitting[-request.last :]))


def entry(number: int, what: str = "moved", reason: str = "") -> Entry:
    return Entry(id=number, at="2026-03-01T09:30:00.125Z", job=1, what=what, reason=reason, name="a.jsonl")


def stored_words(tree: ast.AST) -> set[str]:
    """What a module enters into the audit trail, where the source says it as a plain text."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            first = called.endswith(("journal.add", "journal.add_all"))
            said = node.args[:1] if first else node.args[1:2] if called.endswith(("put", "_put")) else []
            said = [*said, *(keyword.value for keyword in node.keywords if keyword.arg == "what")]
            found |= {one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


@pytest.fixture
def dialog(window: QWidget, theme: ThemeKeeper) -> TrailDialog:
    made = TrailDialog(None, theme, window)
    made.show()
    return made


def ids(dialog: TrailDialog) -> list[int]:
    return [one.id for one in dialog.table.model.records]


def test_stored_words_are_read_from_a_source() -> None:
    source = 'a.journal.add("one", job)\nself._put(held=True, what="two")\nbatch.put(job, "three", "why")\nx.add("no")'
    assert stored_words(ast.parse(source)) == {"one", "two", "three"}


def test_whatever_the_host_enters_into_the_trail_has_words_here() -> None:
    modules = (PROJECT / "backend").rglob("*.py")
    stored = set().union(*(stored_words(ast.parse(path.read_text(encoding="utf-8"))) for path in modules))
    assert len(stored) > 15
    assert (stored | set(JobState)) - set(WORDS) == set()


def test_every_operation_has_words_for_its_begin_and_each_end() -> None:
    stages = ("begun", "recovered", *(state for state in OperationState if state is not OperationState.RUNNING))
    for stored in (f"{kind} {stage}" for kind in OperationKind for stage in stages):
        assert said(stored), stored
    assert said("consolidate failed") == "consolidation failed"
    assert said("backup to trash") is None


def test_the_newest_stand_first_and_only_what_is_newer_is_asked_for(dialog: TrailDialog) -> None:
    host = Host(dialog, [entry(1), entry(2)])
    dialog.ask()
    assert ids(dialog) == [2, 1]
    assert dialog.older.isHidden()
    host.entries.append(entry(3))
    dialog.ask()
    assert ids(dialog) == [3, 2, 1]
    assert host.asked[-1].after == 2
    assert "3 entries" in dialog.about.text()


def test_older_ones_come_by_pages(dialog: TrailDialog) -> None:
    host = Host(dialog, [entry(number) for number in range(1, 2 * PAGE + 4)])
    dialog.ask()
    assert len(ids(dialog)) == PAGE
    assert "the filter looks through these" in dialog.about.text()
    dialog.older.click()
    dialog.older.click()
    assert ids(dialog) == list(range(2 * PAGE + 3, 0, -1))
    assert dialog.older.isHidden()
    assert [request.before for request in host.asked] == [None, PAGE + 4, 4]


def test_after_more_than_a_page_at_once_there_is_no_hole(dialog: TrailDialog) -> None:
    host = Host(dialog, [entry(1)])
    dialog.ask()
    host.entries += [entry(number) for number in range(2, PAGE + 12)]
    dialog.ask()
    dialog.older.click()
    assert ids(dialog) == list(range(PAGE + 11, 0, -1))


def test_many_things_at_once_are_one_question(dialog: TrailDialog, qtbot: QtBot) -> None:
    host = Host(dialog, [entry(1)])
    for _ in range(50):
        dialog.refresh()
    qtbot.waitUntil(lambda: bool(ids(dialog)), timeout=PATIENCE_MS)
    assert len(host.asked) == 1


def test_a_failure_has_a_sign_and_stands_out(dialog: TrailDialog) -> None:
    Host(dialog, [entry(1), entry(2, "failed", "It is bad.\nReally."), entry(3, "levitated")])
    dialog.ask()
    model = dialog.table.model
    shown = {str(model.index(row, 3).data()): model.index(row, 3) for row in range(3)}
    assert set(shown) == {"levitated", "failed", "moved"}
    assert not shown["failed"].data(Qt.ItemDataRole.DecorationRole).isNull()
    assert shown["moved"].data(Qt.ItemDataRole.DecorationRole) is None


def test_what_passes_the_filter_is_exported(dialog: TrailDialog, tmp_path: Path) -> None:
    Host(dialog, [entry(1, "moved", "up, then"), entry(2, "failed", "x"), entry(3, "moved", "down")])
    dialog.ask()
    dialog.table.wanted.setText("moved")
    dialog.save(tmp_path / "out.csv")
    assert "2 entries saved" in dialog.message
    rows = list(csv.reader((tmp_path / "out.csv").read_text("utf-8-sig").splitlines()))
    at = moment("2026-03-01T09:30:00.125Z")
    assert rows == [
        ["Time", "Job", "File", "What happened", "Details"],
        [at, "1", "a.jsonl", "moved", "down"],
        [at, "1", "a.jsonl", "moved", "up, then"],
    ]


def test_a_file_that_cannot_be_written_is_named(dialog: TrailDialog, tmp_path: Path) -> None:
    dialog.save(tmp_path / "no-folder" / "out.csv")
    assert "no-folder" in dialog.message
    dialog.answer(GetHistory(), Failure(message="No.", hint="Do this."))
    assert dialog.message == "No. Do this."
    dialog.answer(GetHistory(), HistoryReply(entries=()))
    assert dialog.message == ""


def test_where_to_export_is_asked_without_holding_the_window_up(dialog: TrailDialog, tmp_path: Path) -> None:
    Host(dialog, [entry(1)])
    dialog.ask()
    dialog.export.click()
    chooser = dialog.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "x.csv"))
    chooser.reject()
    assert (tmp_path / "x.csv").exists()


def test_the_window_shows_what_happens_while_it_happens(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=6, refuse="bad.jsonl"))
    me.press(ActionId.QUEUE_HISTORY)
    me.press(ActionId.QUEUE_HISTORY)
    [dialog] = me.window.findChildren(TrailDialog)
    me.drop(write_file("a.jsonl"), write_file("bad.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.job("bad.jsonl").state is JobState.FAILED)
    me.wait_for(lambda: {"queue finished", "failed"} <= {one.what for one in dialog.table.model.records})
    assert {one.what for one in dialog.table.model.records} <= set(WORDS)
    assert not me.can(ActionId.JOB_HISTORY)
    me.window.queue.select([me.job("bad.jsonl").id])
    me.press(ActionId.JOB_HISTORY)
    [_, of_one] = me.window.findChildren(TrailDialog)
    me.wait_for(lambda: bool(of_one.table.model.records))
    assert {one.name for one in of_one.table.model.records} == {"bad.jsonl"}
    of_one.table.view.selectAll()
    of_one.copy.click()
    assert QGuiApplication.clipboard().text().count("\n") == len(of_one.table.model.records) - 1


def test_a_long_history_opens_fast(user: SitDown, home: Home) -> None:
    me = user()
    store = Store.open(home)
    with store.atomic():
        for number in range(10_000):
            store.journal.add("notice", None, f"number {number}")
    store.close()
    began = time.perf_counter()
    me.press(ActionId.QUEUE_HISTORY)
    [dialog] = me.window.findChildren(TrailDialog)
    me.wait_for(lambda: dialog.table.shown == PAGE)
    assert time.perf_counter() - began < 5  # 0.06 s on an idle machine; this watches for a catastrophe
