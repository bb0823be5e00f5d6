"""Closing the window: it asks while a training is under way, saves, and leaves no thread behind."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton

from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.locks import is_held
from backend.opening import open_for_reading
from backend.paths import Home
from backend.protocol.host import JobsReply, ListJobs
from gui.actions.catalogue import ActionId
from gui.closing import Phase
from gui.closing_question import Way
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]
LONG = Script(steps=100_000, seconds=0.005, save_every=1_000_000, save_seconds=0.3)


def question(me: User) -> QMessageBox:
    found = me.window.findChild(QMessageBox, "close-question")
    assert isinstance(found, QMessageBox)
    return found


def begin(me: User, write_file: WriteFile) -> None:
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > 3)


def test_an_idle_window_closes_without_a_question_and_frees_the_home(user: SitDown, home: Home) -> None:
    me = user()
    me.window.close()
    me.wait_for(lambda: me.program.closing.phase is Phase.GONE)
    assert not me.window.isVisible()
    assert not is_held(home.host_lock)


def test_while_training_it_asks_and_cancel_changes_nothing(user: SitDown, write_file: WriteFile) -> None:
    me = user(LONG)
    begin(me, write_file)
    me.window.close()
    box = question(me)
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert me.program.closing.phase is Phase.OPEN
    assert me.window.isVisible()
    assert me.state is HostState.TRAINING


def test_stop_and_quit_shows_that_it_saves_and_closes_only_then(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user(LONG)
    begin(me, write_file)
    me.window.close()
    button = question(me).findChild(QPushButton, Way.STOP)
    assert isinstance(button, QPushButton)
    button.click()
    assert me.window.isVisible()
    assert me.window.banner.shows_progress
    me.wait_for(lambda: me.program.closing.phase is Phase.GONE)
    assert not me.window.isVisible()
    reply = open_for_reading(home).handle(ListJobs())
    assert isinstance(reply, JobsReply)
    assert reply.jobs[0].state is JobState.QUEUED
    assert reply.jobs[0].step > 3
    assert any(home.checkpoints(reply.jobs[0].id).glob("[0-9]*"))


@pytest.mark.parametrize("asked_before", [False, True], ids=["at once", "while the question is open"])
def test_a_signal_stops_without_asking(user: SitDown, write_file: WriteFile, home: Home, asked_before: bool) -> None:
    me = user(LONG)
    begin(me, write_file)
    if asked_before:
        me.window.close()
    me.program.closing.now()
    me.wait_for(lambda: me.program.closing.phase is Phase.GONE)
    assert any(home.checkpoints(1).glob("[0-9]*"))


def test_the_end_of_the_desktop_session_waits_until_it_is_saved(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user(LONG)
    begin(me, write_file)
    me.program.end_session()
    assert me.program.closing.phase is Phase.GONE
    assert any(home.checkpoints(1).glob("[0-9]*"))


def test_the_next_window_goes_on_where_the_last_one_stopped(user: SitDown, write_file: WriteFile) -> None:
    first = user(Script(steps=150, save_every=1_000_000, wait_at=50))
    begin(first, write_file)
    first.program.closing.now()
    first.wait_for(lambda: first.program.closing.phase is Phase.GONE)
    second = user(Script(steps=150))
    stopped_at = second.job("a.jsonl").step
    assert stopped_at > 3
    second.press(ActionId.START)
    second.wait_for(lambda: second.job("a.jsonl").state is JobState.DONE)
    assert second.plot().raw.steps == list(range(stopped_at + 1, 151))


def test_geometry_tab_and_theme_are_remembered(user: SitDown) -> None:
    first = user()
    first.window.resize(790, 610)
    first.window.tabs.setCurrentIndex(1)
    first.window.choose_theme("dark")
    first.program.closing.now()
    first.wait_for(lambda: first.program.closing.phase is Phase.GONE)
    second = user()
    assert (second.window.width(), second.window.height()) == (790, 610)
    assert second.window.tabs.currentIndex() == 1
    assert second.program.theme.dark
