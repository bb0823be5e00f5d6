"""A reason for pause, stop and skip: asked for only where one is wanted, shown while it holds, kept in the history."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QInputDialog, QToolBar, QToolButton

from backend import settings
from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.opening import open_for_reading
from backend.paths import Home
from backend.protocol.host import GetHistory, HistoryReply
from gui.actions.catalogue import ActionId
from gui.queue.columns import tip
from gui.reason import MOST_SIGNS, REASONED
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]
LONG = Script(steps=100_000, seconds=0.005, save_every=1_000_000)


def begin(me: User, write_file: WriteFile) -> None:
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > 3)


def dialog(me: User) -> QInputDialog:
    found = me.window.findChild(QInputDialog, "reason")
    assert isinstance(found, QInputDialog)
    return found


def give(me: User, verb: ActionId, reason: str) -> None:
    me.press(verb)
    dialog(me).setTextValue(reason)
    dialog(me).accept()


def kept(home: Home) -> set[tuple[str, str]]:
    reply = open_for_reading(home).handle(GetHistory())
    assert isinstance(reply, HistoryReply)
    return {(entry.what, entry.reason) for entry in reply.entries}


def test_a_pause_shows_its_reason_and_when_the_memory_is_free(user: SitDown, write_file: WriteFile, home: Home) -> None:
    me = user(LONG)
    begin(me, write_file)
    give(me, ActionId.PAUSE_BECAUSE, "  a game tonight ")
    me.wait_for_state(HostState.PAUSED)
    line = me.window.status_line.file
    step = me.program.facts.now.status.checkpoint_step
    me.wait_for(lambda: f"saved at step {step:,}; memory is freed in" in line.whole_text())
    before = line.whole_text()
    me.wait_for(lambda: line.whole_text() != before)  # it counts down
    assert "a game tonight" in line.whole_text()
    assert "a game tonight" in tip(me.job("a.jsonl"))
    assert ("paused", "a game tonight") in kept(home)
    me.press(ActionId.RESUME)
    me.wait_for_state(HostState.TRAINING)
    me.wait_for(lambda: "a game tonight" not in line.whole_text())


def test_a_paused_engine_that_has_left_says_that_the_memory_is_free(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    settings.put(home, "engine.release_after_minutes", "0")
    me = user(LONG)
    begin(me, write_file)
    me.press(ActionId.PAUSE)
    me.wait_for(lambda: "memory is free" in me.window.status_line.file.whole_text())
    me.wait_for(lambda: "freed" not in me.window.status_line.file.whole_text())


def test_a_stop_shows_its_reason_until_the_next_start(user: SitDown, write_file: WriteFile, home: Home) -> None:
    me = user(LONG)
    begin(me, write_file)
    give(me, ActionId.STOP_BECAUSE, "thunderstorm")
    me.wait_for_state(HostState.STOPPED)
    me.wait_for(lambda: "thunderstorm" in me.window.status_line.file.whole_text())
    assert "thunderstorm" in tip(me.job("a.jsonl"))
    assert ("stop", "thunderstorm") in kept(home)


def test_a_skipped_file_keeps_its_reason(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=100, wait_at=20, save_every=1000, seconds=0.02))
    me.drop(write_file("a.jsonl"), write_file("b.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > 3)
    give(me, ActionId.SKIP_BECAUSE, "later")
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.SKIPPED)
    assert "later" in tip(me.job("a.jsonl"))


def test_cancel_asks_for_nothing(user: SitDown, write_file: WriteFile) -> None:
    me = user(LONG)
    begin(me, write_file)
    asked: list[object] = []
    me.program.facts.changed.connect(lambda: asked.append(me.state) if me.state is not HostState.TRAINING else None)
    me.press(ActionId.PAUSE_BECAUSE)
    dialog(me).reject()
    step = me.program.facts.now.status.step or 0
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > step)
    assert asked == []


def test_the_question_goes_when_there_is_nothing_left_to_stop(user: SitDown, write_file: WriteFile) -> None:
    me = user(LONG)
    begin(me, write_file)
    me.press(ActionId.SKIP_BECAUSE)
    gone: list[int] = []
    dialog(me).finished.connect(gone.append)
    me.press(ActionId.STOP)
    me.wait_for(lambda: bool(gone))
    assert gone == [QInputDialog.DialogCode.Rejected.value]


def test_a_reason_has_a_bound(user: SitDown, write_file: WriteFile) -> None:
    me = user(LONG)
    begin(me, write_file)
    me.press(ActionId.PAUSE_BECAUSE)
    dialog(me).setTextValue("x" * 1000)
    assert len(dialog(me).textValue()) == MOST_SIGNS


@pytest.mark.parametrize("control", list(REASONED))
def test_the_button_itself_needs_no_reason_and_its_arrow_offers_one(user: SitDown, control: ActionId) -> None:
    me = user()
    (bar,) = me.window.findChildren(QToolBar)
    button = bar.widgetForAction(me.window.verbs[control])
    assert isinstance(button, QToolButton)
    assert button.popupMode() is QToolButton.ToolButtonPopupMode.MenuButtonPopup
    assert button.menu().actions() == [me.window.verbs[REASONED[control]]]
