"""The log tab and the diagnostics that go with a question."""

import getpass
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from backend.domain.dataset import BadLine
from backend.domain.status import Status
from backend.protocol.engine import Prepared
from gui.actions.catalogue import ActionId
from gui.log.diagnostics import diagnostics, masked
from gui.log.lines import Level, line
from gui.log.model import MOST_LINES
from tests.fakes.window import User

SitDown = Callable[..., User]


def shown(me: User) -> list[str]:
    model = me.window.log.view.model()
    return [model.index(row, 2).data() for row in range(model.rowCount())]


def test_lines_are_filtered_by_level_and_text(user: SitDown) -> None:
    log = (me := user()).window.log
    for level, words in (("info", "one fish"), ("warning", "two fish"), ("error", "red bird")):
        log.add(line(level, words))
    assert shown(me)[-3:] == ["one fish", "two fish", "red bird"]
    log.level.setCurrentIndex(Level.WARNING)
    assert shown(me) == ["two fish", "red bird"]
    log.wanted.setText("FISH")
    assert shown(me) == ["two fish"]


def test_selected_lines_are_copied_by_key(user: SitDown) -> None:
    me = user()
    me.window.tabs.setCurrentWidget(me.window.log)
    for words in ("first", "second"):
        me.window.log.add(line("warning", words))
    me.window.activateWindow()
    me.window.log.view.setFocus()
    me.window.log.view.selectAll()
    me.wait_for(me.window.log.view.hasFocus)
    QTest.keyClick(me.window.log.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().splitlines()
    assert [words.split()[-2:] for words in copied[-2:]] == [["warning", "first"], ["warning", "second"]]


def test_rows_refused_by_the_model_are_told_with_their_lines(user: SitDown) -> None:
    me = user()
    bad = BadLine(line=7, reason="It is longer than the context.", remedy="Shorten it.")
    refused = Prepared(job=1, rows=9, heldout=0, refused=1, cut=0, tokens=9, supervised=9, bad=(bad,))
    me.program.worker.prepared.emit(refused)
    me.wait_for(lambda: "1 refused" in me.banner)
    assert "line 7: It is longer than the context. Shorten it." in me.window.banner.details


def test_the_log_stays_bounded_and_keeps_the_newest(user: SitDown) -> None:
    me = user()
    for number in range(MOST_LINES + 10):
        me.window.log.model.append(line("info", str(number)))
    assert me.window.log.model.rowCount() <= MOST_LINES
    assert me.window.log.model.last(1)[0].text == str(MOST_LINES + 9)


def test_diagnostics_carry_versions_and_lines_but_nothing_personal(user: SitDown) -> None:
    me = user()
    me.window.log.add(line("error", f"cannot read {Path.home() / 'secret.jsonl'} with hf_abcdefghijkl"))
    me.press(ActionId.COPY_DIAGNOSTICS)
    copied = QGuiApplication.clipboard().text()
    assert "PySide6-Essentials 6.11" in copied
    assert "cannot read ~" in copied
    assert str(Path.home() / "secret") not in copied
    assert "abcdefghijkl" not in copied


def test_the_name_of_the_user_is_masked_in_other_paths_too() -> None:
    name = getpass.getuser()
    assert name not in masked(f"/mnt/home/{name}/x and D:\\Users\\{name}\\x").replace("user", "")
    assert diagnostics(Status(), []).startswith("Python ")
