"""The head's history in the window: what stands, what was undone, undo and redo beside it."""

from collections.abc import Callable

from PySide6.QtWidgets import QToolButton

from backend.domain.job import JobState
from backend.domain.move import Move, MoveKind, MoveState
from backend.domain.status import HostState
from gui.actions.catalogue import ActionId
from gui.moves.columns import rows
from gui.moves.dialog import MovesDialog
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]


def move(number: int, state: MoveState) -> Move:
    return Move(id=number, kind=MoveKind.TRAINING, state=state, at="", name=f"{number}.jsonl")


def shown(dialog: MovesDialog) -> list[tuple[str, str]]:
    table = dialog.table
    return [(cells[1], cells[-1]) for cells in map(table.cells, table.passing())]


def test_the_head_stands_at_the_newest_move_that_was_not_undone() -> None:
    moves = [
        move(1, MoveState.STANDING),
        move(2, MoveState.LEFT),
        move(3, MoveState.STANDING),
        move(4, MoveState.UNDONE),
    ]
    assert [(row.move.id, row.is_head) for row in rows(moves)] == [(4, False), (3, True), (2, False), (1, False)]
    assert not any(row.is_head for row in rows([move(1, MoveState.UNDONE)]))
    assert rows([]) == []


def test_every_move_is_listed_and_the_list_follows_undo_and_redo(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=5))
    me.press(ActionId.MOVES)
    [dialog] = me.window.findChildren(MovesDialog)
    me.wait_for(lambda: shown(dialog) == [("the choice of tiny", "the head stands here")])
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.DONE)
    me.wait_for_state(HostState.IDLE)
    trained = [("training of a.jsonl", "the head stands here"), ("the choice of tiny", "in the head")]
    me.wait_for(lambda: shown(dialog) == trained)
    buttons = {one.defaultAction(): one for one in dialog.findChildren(QToolButton)}
    undo, redo = (buttons[me.window.verbs[verb]] for verb in (ActionId.UNDO_TRAINING, ActionId.REDO_TRAINING))
    undo.click()
    undone = [("training of a.jsonl", "undone; Redo brings it back"), ("the choice of tiny", "the head stands here")]
    me.wait_for(lambda: shown(dialog) == undone)
    redo.click()
    me.wait_for(lambda: shown(dialog) == trained)


def test_a_dialog_comes_back_in_the_size_that_it_had(user: SitDown) -> None:
    me = user()
    me.press(ActionId.MOVES)
    [dialog] = me.window.findChildren(MovesDialog)
    dialog.resize(640, 400)
    dialog.close()
    me.wait_for(lambda: not me.window.findChildren(MovesDialog))
    me.press(ActionId.MOVES)
    [again] = me.window.findChildren(MovesDialog)
    assert (again.width(), again.height()) == (640, 400)
