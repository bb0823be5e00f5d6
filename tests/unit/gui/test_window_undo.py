"""Undo and redo of training in the window: named, grey in mid-training, told with the way back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QToolButton

from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.paths import Home
from backend.protocol.host import UndoTraining
from gui.actions.catalogue import ActionId
from tests.fakes.hosting import adapter_text
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]


def train(me: User, path: Path) -> None:
    me.drop(path)
    me.press(ActionId.START)
    me.wait_for(lambda: me.job(path.name).state is JobState.DONE)
    me.wait_for_state(HostState.IDLE)


def text(me: User, action: ActionId) -> str:
    return me.window.verbs[action].text()


def test_undo_takes_the_head_back_at_once_and_redo_stands_beside_the_word(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user(Script(steps=5))
    train(me, write_file("a.jsonl"))
    train(me, write_file("b.jsonl"))
    assert text(me, ActionId.UNDO_TRAINING) == "Undo training of b.jsonl"
    assert not me.can(ActionId.REDO_TRAINING)
    me.press(ActionId.UNDO_TRAINING)
    me.wait_for(lambda: "The head is back" in me.banner)
    assert "Undone: training of b.jsonl." in me.banner
    assert adapter_text(home) == "1:5"
    me.wait_for(lambda: me.job("b.jsonl").state is JobState.UNDONE)
    assert (text(me, ActionId.UNDO_TRAINING), text(me, ActionId.REDO_TRAINING)) == (
        "Undo training of a.jsonl",
        "Redo training of b.jsonl",
    )
    assert me.window.banner.action is me.window.verbs[ActionId.REDO_TRAINING]
    me.press(ActionId.REDO_TRAINING)
    me.wait_for(lambda: "Redone: training of b.jsonl." in me.banner)
    assert adapter_text(home) == "2:5"
    assert me.window.banner.action is me.window.verbs[ActionId.UNDO_TRAINING]
    assert text(me, ActionId.REDO_TRAINING) == "Redo training"
    offered = me.window.banner.findChildren(QToolButton)
    assert [len(button.actions()) for button in offered if button.defaultAction() is not None] == [1]


def test_nothing_can_be_undone_in_the_middle_of_a_training(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=30, wait_at=20))
    assert not me.can(ActionId.REDO_TRAINING)
    train_first = write_file("a.jsonl")
    me.drop(train_first)
    me.press(ActionId.START)
    me.wait_for(lambda: text(me, ActionId.UNDO_TRAINING) == "Undo training of a.jsonl")
    assert not me.can(ActionId.UNDO_TRAINING)
    me.press(ActionId.PAUSE)
    me.wait_for_state(HostState.PAUSED)
    assert not me.can(ActionId.UNDO_TRAINING)
    me.press(ActionId.STOP)
    me.wait_for_state(HostState.STOPPED)
    me.wait_for(lambda: me.can(ActionId.UNDO_TRAINING))


def test_a_refusal_is_shown(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=30, wait_at=20))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for_state(HostState.TRAINING)
    me.program.undoing.asked.emit(UndoTraining())
    me.wait_for(lambda: "in the middle of a training" in me.banner)
    assert "Stop or skip it first." in me.banner


@pytest.mark.parametrize("name", ["a & b.jsonl", "x" * 200 + ".jsonl"])
def test_a_name_is_shown_in_the_menu_as_it_is_but_not_at_any_length(
    user: SitDown, write_file: WriteFile, name: str
) -> None:
    me = user(Script(steps=5))
    train(me, write_file(name))
    shown = text(me, ActionId.UNDO_TRAINING).replace("&&", "&")
    assert shown.endswith(".jsonl")
    assert len(shown) < 80
    assert "&" not in text(me, ActionId.UNDO_TRAINING).replace("&&", "")
