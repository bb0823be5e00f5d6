"""Closing in the midst of a training: into the tray and back, and a question where there is no tray or on Quit."""

import sys
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QDialog, QMessageBox, QPushButton, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from backend.domain.job import Priority
from backend.domain.status import HostState
from backend.paths import Home
from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId
from gui.closing import Phase
from gui.closing_question import Way
from gui.memory import Memory
from gui.preview.dialog import PreviewDialog
from gui.tray.hiding import Hiding
from gui.tray.icon import Tray
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile, has_tray

SitDown = Callable[..., User]
LONG = Script(steps=100_000, seconds=0.005, save_every=1_000_000)
Reason = QSystemTrayIcon.ActivationReason


def begin(me: User, write_file: WriteFile) -> None:
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > 3)


def hide(me: User, write_file: WriteFile) -> None:
    begin(me, write_file)
    me.window.close()
    assert not me.window.isVisible()


def question(me: User) -> QMessageBox | None:
    boxes = me.window.findChildren(QMessageBox, "close-question")
    return next((box for box in boxes if box.isVisible()), None)


def buttons(me: User) -> set[str]:
    box = question(me)
    assert box is not None
    return {button.objectName() for button in box.buttons()} - {""}


def click(me: User, reason: Reason) -> None:
    icon = me.program.tray.findChild(QSystemTrayIcon)
    assert isinstance(icon, QSystemTrayIcon)
    icon.activated.emit(reason)


def test_closing_while_training_hides_the_window_and_the_training_goes_on(user: SitDown, write_file: WriteFile) -> None:
    me = user(LONG, tray=has_tray)
    hide(me, write_file)
    assert question(me) is None
    assert me.program.closing.phase is Phase.OPEN
    step = me.program.facts.now.status.step or 0
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > step)
    me.wait_for(lambda: "training a.jsonl" in me.program.tray.tooltip and "%" in me.program.tray.tooltip)
    assert me.program.tray.state is HostState.TRAINING


def test_hidden_it_is_saved_paused_resumed_skipped_and_stopped_from_the_menu(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user(LONG, tray=has_tray)
    hide(me, write_file)
    menu = {action.objectName(): action for action in me.program.tray.menu.actions() if not action.isSeparator()}
    menu[ActionId.SAVE].trigger()
    me.wait_for(lambda: any(home.checkpoints(1).glob("[0-9]*")))
    assert me.state is HostState.TRAINING
    menu[ActionId.PAUSE].trigger()
    me.wait_for_state(HostState.PAUSED)
    assert me.program.tray.state is HostState.PAUSED
    assert "paused a.jsonl" in me.program.tray.tooltip
    menu[ActionId.RESUME].trigger()
    me.wait_for_state(HostState.TRAINING)
    menu[ActionId.SKIP].trigger()
    me.wait_for(lambda: me.job("a.jsonl").priority is Priority.LOW)
    me.wait_for_state(HostState.TRAINING)  # there is no other file, so it goes on
    menu[ActionId.STOP].trigger()
    me.wait_for_state(HostState.STOPPED)
    assert not me.window.isVisible()


@pytest.mark.parametrize("reason", [Reason.Trigger, Reason.DoubleClick], ids=["click", "double click"])
@pytest.mark.skipif(sys.platform == "darwin", reason="a click opens the menu on macOS")
def test_a_click_on_the_icon_brings_the_window_back(user: SitDown, write_file: WriteFile, reason: Reason) -> None:
    me = user(LONG, tray=has_tray)
    hide(me, write_file)
    click(me, Reason.Context)
    assert not me.window.isVisible()
    click(me, reason)
    assert me.window.isVisible()


def test_the_menu_brings_the_window_back_minimised_or_hidden(user: SitDown, write_file: WriteFile) -> None:
    me = user(LONG, tray=has_tray)
    hide(me, write_file)
    me.press(ActionId.SHOW_WINDOW)
    assert me.window.isVisible()
    me.window.showMinimized()
    me.press(ActionId.SHOW_WINDOW)
    assert not me.window.isMinimized()


class TalkingTray(Tray):
    """Remembers what it is told to say."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, Actions(window), has_tray)
        self.heard: list[str] = []
        self.can = True

    def say(self, title: str, words: str, level: str) -> bool:
        self.heard.append(words)
        return self.can


def test_the_first_hiding_says_where_the_window_is_and_only_the_first(qtbot: QtBot, home: Home) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    tray = TalkingTray(window)
    tray.can = False
    Hiding(window, tray, Memory(home)).hide()
    assert len(tray.heard) == 1
    tray.can = True  # it could not be shown, so it counts as not said
    Hiding(window, tray, Memory(home)).hide()
    Hiding(window, tray, Memory(home)).hide()
    assert len(tray.heard) == 2
    assert "in the tray" in tray.heard[-1]


def test_dialogs_hide_and_come_back_with_the_window(user: SitDown, write_file: WriteFile) -> None:
    me = user(LONG, tray=has_tray)
    begin(me, write_file)
    me.press(ActionId.SETTINGS)
    closed = me.program.previews.show(write_file("closed.jsonl"))
    preview = me.program.previews.show(write_file("shown.jsonl"))
    settings = me.window.findChild(QDialog, "settings")
    assert isinstance(settings, QDialog)
    closed.close()
    me.window.close()
    assert not settings.isVisible()
    assert not preview.isVisible()
    me.press(ActionId.SHOW_WINDOW)
    assert settings.isVisible()
    assert preview.isVisible()
    assert [box for box in me.window.findChildren(PreviewDialog) if box.isVisible()] == [preview]


def test_a_question_that_comes_up_behind_a_hidden_window_waits_for_it(user: SitDown, write_file: WriteFile) -> None:
    me = user(LONG, tray=has_tray)
    hide(me, write_file)
    me.drop(write_file("a.jsonl"))  # the same content: somebody has to say whether it shall be trained twice
    me.wait_for(lambda: me.window.findChild(QMessageBox, "twin-question") is not None)
    box = me.window.findChild(QMessageBox, "twin-question")
    assert isinstance(box, QMessageBox)
    assert not box.isVisible()
    me.press(ActionId.SHOW_WINDOW)
    assert box.isVisible()
    me.choose("twin-question", "Leave out")


def test_closing_an_idle_window_ends_the_program_although_there_is_a_tray(user: SitDown) -> None:
    me = user(tray=has_tray)
    me.window.close()
    me.wait_for(lambda: me.program.closing.phase is Phase.GONE)
    assert not me.window.isVisible()


def test_quit_from_the_tray_shows_the_window_and_asks_first(user: SitDown, write_file: WriteFile) -> None:
    me = user(LONG, tray=has_tray)
    hide(me, write_file)
    me.press(ActionId.QUIT)
    assert me.window.isVisible()
    assert buttons(me) == {Way.STOP}
    box = question(me)
    assert box is not None
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert me.state is HostState.TRAINING
    me.press(ActionId.QUIT)
    asked = question(me)
    assert asked is not None
    button = asked.findChild(QPushButton, Way.STOP)
    assert isinstance(button, QPushButton)
    button.click()
    me.wait_for(lambda: me.program.closing.phase is Phase.GONE)


def test_without_a_tray_the_window_can_be_minimised_instead(user: SitDown, write_file: WriteFile) -> None:
    me = user(LONG)
    begin(me, write_file)
    me.window.close()
    assert buttons(me) == {Way.MINIMISE, Way.STOP}
    box = question(me)
    assert box is not None
    button = box.findChild(QPushButton, Way.MINIMISE)
    assert isinstance(button, QPushButton)
    button.click()
    assert me.window.isMinimized()
    assert me.state is HostState.TRAINING


def test_a_tray_that_ends_gives_the_window_back(user: SitDown, write_file: WriteFile) -> None:
    there = [True]
    me = user(LONG, tray=lambda: there[0])
    hide(me, write_file)
    me.program.hiding.look()
    assert not me.window.isVisible()
    there[0] = False
    me.program.hiding.look()
    assert me.window.isVisible()


def test_a_signal_saves_a_training_behind_a_hidden_window(user: SitDown, write_file: WriteFile, home: Home) -> None:
    me = user(LONG, tray=has_tray)
    begin(me, write_file)
    me.window.resize(811, 611)
    me.window.close()
    me.program.end_session()
    assert me.program.closing.phase is Phase.GONE
    assert any(home.checkpoints(1).glob("[0-9]*"))
    assert Memory(home).layout("window") is not None


def test_the_queue_ends_behind_a_hidden_window_with_one_notification(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=60, wait_at=30, save_every=1000), tray=has_tray)
    told: list[str] = []
    me.program.notifications.told.connect(told.append)
    hide(me, write_file)
    me.press(ActionId.PAUSE)
    me.wait_for_state(HostState.PAUSED)
    me.press(ActionId.RESUME)
    me.wait_for_state(HostState.IDLE)
    me.wait_for(lambda: bool(told))
    assert told == ["The queue is finished: 1 file trained."]
    assert not me.window.isVisible()
