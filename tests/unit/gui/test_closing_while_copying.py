"""Closing while dropped files are copied: into the tray or a question, and whatever is stored is queued."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from backend.datasets import intake
from backend.domain.dataset import Dataset
from backend.domain.job import Job
from backend.domain.status import HostState
from backend.opening import open_for_reading
from backend.paths import Home
from backend.protocol.host import JobsReply, ListJobs
from gui.actions.catalogue import ActionId
from gui.closing import Phase
from gui.closing_question import Way
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile, has_tray, let_go

SitDown = Callable[..., User]
LONG = Script(steps=100_000, seconds=0.005, save_every=1_000_000)
COUNT = 40


class Gate:
    """A disk that is slow: the file of this number stands still, in the midst of it or when it is stored."""

    def __init__(self, take_in: Callable[..., Dataset]) -> None:
        self._take_in = take_in
        self.taken = 0
        self.at = 0
        self.when_stored = False
        self.reached = threading.Event()
        self.opened = threading.Event()

    def take_in(self, home: Home, path: Path, progress: Callable[[int, int], None]) -> Dataset:
        self.taken += 1
        if self.taken != self.at:
            return self._take_in(home, path, progress=progress)

        before = len(stored(home))

        def stand_still(done: int, total: int) -> None:
            if not self.when_stored or len(stored(home)) > before:
                self.reached.set()
                self.opened.wait()
            progress(done, total)

        return self._take_in(home, path, progress=stand_still)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Nothing stands still unless a test says where."""
    made = Gate(intake.take_in)
    monkeypatch.setattr(intake, "take_in", made.take_in)
    yield made
    made.opened.set()


@pytest.fixture
def drop_half(gate: Gate, write_file: WriteFile) -> Callable[..., None]:
    """Drops forty files, of which the twentieth stands still."""

    def drop(me: User, *, when_stored: bool = False) -> None:
        gate.at, gate.when_stored = gate.taken + COUNT // 2, when_stored
        let_go(me.window, [write_file(f"{number}.jsonl", 1) for number in range(COUNT)])
        me.wait_for(gate.reached.is_set)

    return drop


def jobs(home: Home) -> tuple[Job, ...]:
    host = open_for_reading(home)
    try:
        reply = host.handle(ListJobs())
    finally:
        host.close()
    assert isinstance(reply, JobsReply)
    return reply.jobs


def stored(home: Home) -> set[Path]:
    """Whole copies, not those that are being written."""
    return {path for path in home.datasets.rglob("*") if path.is_file() and path.suffix != ".tmp"}


def assert_all_stored_are_queued(home: Home, count: int) -> None:
    assert len(jobs(home)) == count
    assert {home.dataset(job.dataset) for job in jobs(home)} == set(home.datasets.iterdir())


def is_gone(me: User) -> bool:
    return me.program.closing.phase is Phase.GONE


def choose(box: QMessageBox, way: Way) -> None:
    next(button for button in box.buttons() if button.objectName() == way).click()


def log_of(home: Home) -> str:
    return (home.logs / "espalier.log").read_text(encoding="utf-8")


def test_without_a_tray_it_asks_says_how_far_the_files_are_and_finishes_them_by_default(
    user: SitDown, home: Home, gate: Gate, drop_half: Callable[..., None]
) -> None:
    me = user()
    drop_half(me)
    me.window.close()
    box = me.question("close-question")
    assert re.fullmatch(rf"Files are being copied: \d+ of {COUNT}\.", box.text())
    assert box.defaultButton().objectName() == Way.FINISH
    box.defaultButton().click()
    assert me.program.closing.phase is Phase.FINISHING
    assert me.window.isVisible()
    gate.opened.set()
    me.wait_for(lambda: is_gone(me))
    assert_all_stored_are_queued(home, COUNT)
    assert "left out" not in log_of(home)


@pytest.mark.parametrize("when_stored", [False, True], ids=["half copied", "just stored"])
def test_the_rest_is_left_out_and_what_is_stored_is_queued(
    user: SitDown, home: Home, gate: Gate, drop_half: Callable[..., None], when_stored: bool
) -> None:
    me = user()
    drop_half(me, when_stored=when_stored)
    me.press(ActionId.QUIT)
    choose(me.question("close-question"), Way.LEAVE_OUT)
    assert not is_gone(me)
    gate.opened.set()
    me.wait_for(lambda: is_gone(me))
    queued = COUNT // 2 - 1 + when_stored
    assert_all_stored_are_queued(home, queued)
    assert f"{COUNT - queued} of {COUNT} files were left out" in log_of(home)


def test_cancel_changes_nothing_and_takes_back_an_end_that_waits(
    user: SitDown, gate: Gate, drop_half: Callable[..., None]
) -> None:
    me = user()
    drop_half(me)
    me.window.close()
    me.question("close-question").button(QMessageBox.StandardButton.Cancel).click()
    assert me.program.closing.phase is Phase.OPEN
    me.window.close()
    choose(me.question("close-question"), Way.FINISH)
    me.press(ActionId.QUIT)
    me.question("close-question").button(QMessageBox.StandardButton.Cancel).click()
    gate.opened.set()
    me.wait_for(lambda: f"{COUNT} files queued" in me.banner)
    assert me.program.closing.phase is Phase.OPEN


def test_a_question_that_is_not_answered_follows_the_files_to_their_end(
    user: SitDown, home: Home, gate: Gate, drop_half: Callable[..., None]
) -> None:
    me = user()
    drop_half(me)
    me.window.close()
    box = me.question("close-question")
    gate.opened.set()
    me.wait_for(lambda: box.text() == "The files are copied and queued.")
    box.defaultButton().click()
    me.wait_for(lambda: is_gone(me))
    assert_all_stored_are_queued(home, COUNT)


@pytest.mark.parametrize("end", ["signal", "session"])
def test_a_signal_or_the_end_of_the_session_queues_what_is_stored_and_asks_nothing(
    user: SitDown, home: Home, gate: Gate, drop_half: Callable[..., None], end: str
) -> None:
    me = user()
    drop_half(me)
    me.program.closing.leave_wanted.connect(gate.opened.set)
    if end == "session":
        me.program.end_session()
    else:
        me.program.closing.now()
        me.wait_for(lambda: is_gone(me))
    assert is_gone(me)
    assert_all_stored_are_queued(home, COUNT // 2 - 1)
    assert f"{COUNT // 2 + 1} of {COUNT} files were left out" in log_of(home)


def test_with_a_tray_the_window_hides_and_the_copying_goes_on(
    user: SitDown, gate: Gate, drop_half: Callable[..., None]
) -> None:
    me = user(tray=has_tray)
    drop_half(me)
    me.window.close()
    assert not me.window.isVisible()
    assert me.program.closing.phase is Phase.OPEN
    gate.opened.set()
    me.wait_for(lambda: len(me.names()) == COUNT)
    assert not me.window.isVisible()


def test_in_the_midst_of_a_training_the_question_names_both_and_the_end_waits_for_both(
    user: SitDown, home: Home, gate: Gate, drop_half: Callable[..., None], write_file: WriteFile
) -> None:
    me = user(LONG)
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > 3)
    drop_half(me)
    me.press(ActionId.QUIT)
    box = me.question("close-question")
    assert "A training is under way, and files are being copied" in box.text()
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    choose(box, Way.FINISH)
    assert me.state is HostState.TRAINING
    gate.opened.set()
    me.wait_for(lambda: is_gone(me))
    assert_all_stored_are_queued(home, COUNT + 1)
    assert any(home.checkpoints(1).glob("[0-9]*"))


def test_a_file_that_breaks_the_copying_keeps_no_stored_one_from_the_queue(
    user: SitDown, home: Home, monkeypatch: pytest.MonkeyPatch, write_file: WriteFile, qtbot: QtBot
) -> None:
    me = user()
    take_in = intake.take_in

    def break_down(home: Home, path: Path, progress: Callable[[int, int], None]) -> Dataset:
        if path.name == "b.jsonl":
            raise ZeroDivisionError
        return take_in(home, path, progress=progress)

    monkeypatch.setattr(intake, "take_in", break_down)
    with qtbot.captureExceptions() as bugs:
        me.drop(write_file("a.jsonl"), write_file("b.jsonl"), write_file("c.jsonl"))
        me.wait_for(lambda: bool(bugs))
    assert me.names() == ["a.jsonl"]
    me.window.close()
    me.wait_for(lambda: is_gone(me))
    assert_all_stored_are_queued(home, 1)
