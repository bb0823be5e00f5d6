"""Moves of the head in words, and the columns of their table."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QCoreApplication

from backend.datasets.visible import visible
from backend.domain.move import Move, MoveKind, MoveState
from gui import format as text
from gui.table.columns import RIGHT, Column
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "moves"
WORDS = {
    MoveKind.TRAINING: QT_TRANSLATE_NOOP("moves", "training of {name}"),
    MoveKind.USE: QT_TRANSLATE_NOOP("moves", "the choice of {name}"),
    MoveKind.CONSOLIDATION: QT_TRANSLATE_NOOP("moves", "consolidation into {name}"),
    MoveKind.RESTORE: QT_TRANSLATE_NOOP("moves", "restoring of {name}"),
    MoveKind.FALLBACK: QT_TRANSLATE_NOOP("moves", "back from a damaged checkpoint"),
}
STATES = {
    MoveState.STANDING: QT_TRANSLATE_NOOP("moves", "in the head"),
    MoveState.UNDONE: QT_TRANSLATE_NOOP("moves", "undone; Redo brings it back"),
    MoveState.LEFT: QT_TRANSLATE_NOOP("moves", "undone; something new was done since"),
}


class MoveRow(msgspec.Struct, frozen=True, kw_only=True):
    """A move, and whether the head stands where it led."""

    move: Move
    is_head: bool


def rows(moves: Sequence[Move]) -> list[MoveRow]:
    """Newest first, from moves that are oldest first."""
    standing = [move.id for move in moves if move.state is MoveState.STANDING]
    return [MoveRow(move=move, is_head=move.id == max(standing, default=0)) for move in reversed(moves)]


def _what(row: MoveRow) -> str:
    return _tr(WORDS[row.move.kind]).format(name=visible(row.move.name))


def _state(row: MoveRow) -> str:
    return _tr(QT_TRANSLATE_NOOP("moves", "the head stands here")) if row.is_head else _tr(STATES[row.move.state])


def _steps(row: MoveRow) -> str:
    return text.whole(row.move.after.total_steps if row.move.after else None)


def _point(row: MoveRow) -> str:
    point = row.move.after.checkpoint if row.move.after else None
    return text.whole(point.id if point else None)


def _tone(row: MoveRow) -> Tone | None:
    if row.is_head:
        return Tone.GOOD
    return None if row.move.state is MoveState.STANDING else Tone.QUIET


def _tr(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)


COLUMNS: tuple[Column[MoveRow], ...] = (
    Column(
        key="at",
        title=QT_TRANSLATE_NOOP("moves", "Time"),
        shown=lambda row: text.moment(row.move.at),
        tone=lambda _: Tone.QUIET,
        width=20,
    ),
    Column(key="what", title=QT_TRANSLATE_NOOP("moves", "What"), shown=_what, tone=_tone, width=38),
    Column(
        key="steps",
        title=QT_TRANSLATE_NOOP("moves", "Steps in all"),
        shown=_steps,
        tone=_tone,
        alignment=RIGHT,
        width=10,
    ),
    Column(
        key="checkpoint",
        title=QT_TRANSLATE_NOOP("moves", "Checkpoint"),
        shown=_point,
        tone=_tone,
        alignment=RIGHT,
        width=10,
    ),
    Column(
        key="state",
        title=QT_TRANSLATE_NOOP("moves", "State"),
        shown=_state,
        tone=_tone,
        icon=lambda row: "done" if row.is_head else "",
    ),
)
