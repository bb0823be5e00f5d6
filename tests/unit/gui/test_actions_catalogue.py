"""Which action can be chosen in which state; the toolbar and all menus follow this table."""

import os

import msgspec
import pytest
from PySide6.QtGui import QKeySequence

from backend.domain.head import Base
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.domain.status import HostState, Status
from gui.actions.catalogue import CATALOGUE, Action, ActionId
from gui.facts import Facts

BASE = Base(slug="tiny", path="/tiny", sha256="0")
CONTROLS = (ActionId.START, ActionId.RESUME, ActionId.PAUSE, ActionId.STOP, ActionId.SKIP, ActionId.SAVE)


def action(wanted: ActionId) -> Action:
    return next(entry for entry in CATALOGUE if entry.id is wanted)


def offered(facts: Facts) -> set[str]:
    """The training controls that are seen and can be pressed."""
    return {str(i) for i in CONTROLS if action(i).enabled(facts) and action(i).visible(facts)}


def facts(state: HostState, **more: object) -> Facts:
    made = Facts(open=True, base=BASE, to_train=1, status=Status(state=state, job=1, pid=os.getpid()))
    return msgspec.structs.replace(made, **more)


def job(state: JobState, priority: Priority = Priority.NORMAL) -> Job:
    return Job(id=1, dataset="0", name="a", priority=priority, position=1, state=state, settings=JobSettings())


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (HostState.IDLE, {"start", "pause"}),
        (HostState.TRAINING, {"pause", "stop", "skip", "save"}),
        (HostState.PAUSING, {"stop", "skip"}),
        (HostState.PAUSED, {"resume", "stop", "skip"}),
        (HostState.STOPPING, set()),
        (HostState.SKIPPING, {"stop"}),
        (HostState.STOPPED, {"start", "pause"}),
    ],
)
def test_controls_follow_the_state(state: HostState, expected: set[str]) -> None:
    assert offered(facts(state)) == expected


@pytest.mark.parametrize("state", list(HostState))
def test_nothing_can_be_pressed_before_the_host_answers(state: HostState) -> None:
    assert offered(facts(state, open=False)) == set()


def test_start_needs_a_model_and_something_to_train() -> None:
    assert "start" not in offered(facts(HostState.IDLE, base=None))
    assert "start" not in offered(facts(HostState.IDLE, to_train=0))


def test_a_queue_that_is_held_without_a_file_in_hand_has_none_to_skip() -> None:
    held = Status(state=HostState.PAUSED, pid=os.getpid())
    assert offered(facts(HostState.PAUSED, status=held)) == {"resume", "stop"}


def test_start_and_resume_are_never_seen_together() -> None:
    for state in HostState:
        seen = [i for i in (ActionId.START, ActionId.RESUME) if action(i).visible(facts(state))]
        assert len(seen) == 1


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (JobState.QUEUED, {"to-high", "to-low", "remove", "copy"}),
        (JobState.SKIPPED, {"to-high", "to-low", "remove", "copy"}),
        (JobState.RUNNING, {"copy"}),
        (JobState.DONE, {"copy"}),
        (JobState.FAILED, {"remove", "copy"}),
    ],
)
def test_what_can_be_done_with_a_selected_row(state: JobState, expected: set[str]) -> None:
    selected = facts(HostState.TRAINING, selected=(job(state),))
    verbs = (ActionId.TO_HIGH, ActionId.TO_NORMAL, ActionId.TO_LOW, ActionId.REMOVE, ActionId.COPY)
    assert {str(i) for i in verbs if action(i).enabled(selected)} == expected


def test_a_paused_file_can_be_removed() -> None:
    assert action(ActionId.REMOVE).enabled(facts(HostState.PAUSED, selected=(job(JobState.PAUSED),)))


def test_every_action_is_there_once_and_no_shortcut_twice() -> None:
    assert sorted(entry.id for entry in CATALOGUE) == sorted(ActionId)
    keys = [QKeySequence.listFromString(entry.shortcut) for entry in CATALOGUE if entry.shortcut]
    assert all(keys)
    shortcuts = [key.toString() for each in keys for key in each]
    assert len(set(shortcuts)) == len(shortcuts)
    assert all(shortcuts)
