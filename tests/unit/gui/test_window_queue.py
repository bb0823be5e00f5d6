"""What a user does with files in the queue: move, remove and put back, try again, several at once."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtTest import QTest

from backend.domain.job import JobState, Priority
from backend.domain.status import HostState
from backend.paths import Home
from backend.protocol.host import RemoveJobs, RestoreJobs
from gui.actions.catalogue import ActionId
from gui.queue.dragging import Placement
from gui.queue.groups import FINISHED
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]
NAMES = ("a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl")


def with_four(user: SitDown, write_file: WriteFile, script: Script | None = None) -> User:
    me = user(script)
    me.drop(*(write_file(name) for name in NAMES))
    return me


def wait_for_order(me: User, letters: str) -> None:
    me.wait_for(lambda: "".join(name[0] for name in me.names()) == letters)


def test_files_move_between_levels(user: SitDown, write_file: WriteFile) -> None:
    me = with_four(user, write_file)
    me.select("c.jsonl")
    me.press(ActionId.TO_HIGH)
    wait_for_order(me, "cabd")
    assert not me.can(ActionId.TO_HIGH)
    me.select("a.jsonl", "d.jsonl")
    me.press(ActionId.TO_LOW)
    wait_for_order(me, "cbad")


def test_files_move_within_their_level_by_steps_and_to_its_ends(user: SitDown, write_file: WriteFile) -> None:
    me = with_four(user, write_file)
    me.select("c.jsonl", "d.jsonl")
    me.press(ActionId.MOVE_UP)
    wait_for_order(me, "acdb")
    assert {job.name for job in me.window.queue.selection()} == {"c.jsonl", "d.jsonl"}
    me.press(ActionId.MOVE_TOP)
    wait_for_order(me, "cdab")
    me.press(ActionId.MOVE_DOWN)
    wait_for_order(me, "acdb")
    me.press(ActionId.MOVE_BOTTOM)
    wait_for_order(me, "abcd")


def test_keys_move_the_selected_files(user: SitDown, write_file: WriteFile) -> None:
    me = with_four(user, write_file)
    me.select("c.jsonl")
    view = me.window.queue.view
    view.setFocus()
    me.window.activateWindow()
    me.wait_for(view.hasFocus)
    QTest.keyClick(view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    wait_for_order(me, "acbd")
    QTest.keyClick(view, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    wait_for_order(me, "abcd")


def test_rows_that_were_dragged_are_moved_by_the_host(user: SitDown, write_file: WriteFile) -> None:
    me = with_four(user, write_file)
    placement = Placement(
        jobs=(me.job("d.jsonl").id, me.job("a.jsonl").id), priority=Priority.NORMAL, before=me.job("b.jsonl").id
    )
    me.window.queue.model.placed.emit(placement)
    wait_for_order(me, "dabc")


def test_what_was_removed_comes_back_by_undo_which_names_it(user: SitDown, write_file: WriteFile) -> None:
    me = with_four(user, write_file)
    assert not me.can(ActionId.UNDO_REMOVAL)
    me.select("b.jsonl", "c.jsonl")
    me.press(ActionId.REMOVE)
    wait_for_order(me, "ad")
    me.wait_for(lambda: "2 files are out of the queue" in me.banner)
    me.select("a.jsonl")
    me.press(ActionId.REMOVE)
    wait_for_order(me, "d")
    me.wait_for(lambda: me.window.verbs[ActionId.UNDO_REMOVAL].text() == "Undo: remove 1 file")
    me.press(ActionId.UNDO_REMOVAL)
    wait_for_order(me, "ad")
    me.wait_for(lambda: me.window.verbs[ActionId.UNDO_REMOVAL].text() == "Undo: remove 2 files")
    me.press(ActionId.UNDO_REMOVAL)
    wait_for_order(me, "abcd")
    me.wait_for(lambda: not me.can(ActionId.UNDO_REMOVAL))


def test_what_somebody_else_has_put_back_is_not_put_back_again(user: SitDown, write_file: WriteFile) -> None:
    me = with_four(user, write_file)
    me.select("b.jsonl", "c.jsonl")
    numbers = tuple(job.id for job in me.window.queue.selection())
    me.press(ActionId.REMOVE)
    me.wait_for(lambda: me.can(ActionId.UNDO_REMOVAL))
    me.program.starter.requested.emit(RestoreJobs(jobs=numbers[:1]))  # as a command from a terminal would
    wait_for_order(me, "abd")
    me.wait_for(lambda: me.window.verbs[ActionId.UNDO_REMOVAL].text() == "Undo: remove 1 file")
    me.press(ActionId.UNDO_REMOVAL)
    wait_for_order(me, "abcd")


def test_a_paused_file_is_not_removed_while_the_engine_holds_it_and_the_user_is_told(
    user: SitDown, write_file: WriteFile
) -> None:
    me = with_four(user, write_file, Script(steps=100, wait_at=5))
    me.press(ActionId.START)
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > 3)
    me.press(ActionId.PAUSE)
    me.wait_for_state(HostState.PAUSED)
    me.select("a.jsonl")
    me.press(ActionId.REMOVE)
    me.wait_for(lambda: "Stop or skip it first" in me.banner)
    assert me.job("a.jsonl").state is JobState.PAUSED
    assert not me.can(ActionId.UNDO_REMOVAL)


def test_failed_files_are_tried_again(user: SitDown, write_file: WriteFile, home: Home) -> None:
    me = with_four(user, write_file, Script(steps=3, refuse="b.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: "3 files trained, 1 file failed" in me.banner)
    me.select("a.jsonl", "b.jsonl")
    me.press(ActionId.RETRY)
    wait_for_order(me, "b")
    assert not me.can(ActionId.RETRY)


def test_a_level_folds_by_a_click_and_by_keys(user: SitDown, write_file: WriteFile) -> None:
    me = with_four(user, write_file)
    view, model = me.window.queue.view, me.window.queue.model
    heading = model.heading_index(Priority.NORMAL)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(heading).center())
    assert not model.job_index(1).isValid()
    view.selectionModel().setCurrentIndex(
        model.heading_index(Priority.NORMAL), QItemSelectionModel.SelectionFlag.NoUpdate
    )
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert model.job_index(1).isValid()
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert model.rowCount(QModelIndex()) == FINISHED + 1


def test_all_rows_can_be_selected_and_removed_in_one_request(user: SitDown, write_file: WriteFile) -> None:
    me = with_four(user, write_file)
    asked: list[object] = []
    me.program.worker.answered.connect(lambda question, _reply: asked.append(question.request))
    me.window.queue.view.selectAll()
    assert len(me.window.queue.selection()) == 4
    me.press(ActionId.REMOVE)
    wait_for_order(me, "")
    me.wait_for(lambda: "4 files are out of the queue" in me.banner)
    assert asked == [RemoveJobs(jobs=(1, 2, 3, 4))]
    assert me.window.queue.invites
