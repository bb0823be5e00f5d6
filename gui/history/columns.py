"""Entries of the time line in words, and the columns of their table."""

from PySide6.QtCore import QCoreApplication

from backend.datasets.visible import visible
from backend.domain.move import Move, MoveKind, MoveState
from backend.domain.version import Condition, Version
from gui import format as text
from gui.history.timeline import Entry
from gui.table.columns import RIGHT, Column
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "history"
MOVES = {
    MoveKind.TRAINING: QT_TRANSLATE_NOOP("history", "training of {name}"),
    MoveKind.USE: QT_TRANSLATE_NOOP("history", "the choice of {name}"),
    MoveKind.CONSOLIDATION: QT_TRANSLATE_NOOP("history", "{name} (deleted)"),
    MoveKind.RESTORE: QT_TRANSLATE_NOOP("history", "restoring of {name}"),
    MoveKind.FALLBACK: QT_TRANSLATE_NOOP("history", "back from a damaged checkpoint"),
}
STATES = {
    MoveState.STANDING: "",
    MoveState.UNDONE: QT_TRANSLATE_NOOP("history", "undone; Redo brings it back"),
    MoveState.LEFT: QT_TRANSLATE_NOOP("history", "undone; something new was done since"),
}


def what(entry: Entry) -> str:
    """v003 with its name; or what moved the head."""
    if entry.version is not None:
        return f"{entry.version.id}  {visible(entry.version.card.slug)}"
    if entry.job is not None:
        return _tr(MOVES[MoveKind.TRAINING]).format(name=visible(entry.job.name))
    return _moved(entry.move) if entry.move is not None else ""


def state(entry: Entry) -> str:
    """Where the head stands, what was undone, what is damaged, tags."""
    parts = [_tr(QT_TRANSLATE_NOOP("history", "the head stands here"))] if entry.is_head else []
    if entry.move is not None and (said := STATES[entry.move.state]):
        parts.append(_tr(said))
    if entry.version is not None:
        parts += _of_version(entry.version)
    return "; ".join(parts)


def steps(entry: Entry) -> int | None:
    """Optimizer steps of the head in all."""
    if entry.version is not None:
        return entry.version.card.total_steps
    return entry.move.after.total_steps if entry.move is not None and entry.move.after is not None else None


def _of_version(version: Version) -> list[str]:
    parts = [_tr(QT_TRANSLATE_NOOP("history", "damaged"))] if version.condition is Condition.DAMAGED else []
    return parts + ([", ".join(map(visible, version.tags))] if version.tags else [])


def _moved(move: Move) -> str:
    name = visible(move.name) or (visible(move.after.base) if move.after is not None and move.after.base else "")
    return _tr(MOVES[move.kind]).format(name=name)


def _tone(entry: Entry) -> Tone | None:
    if entry.version is not None and entry.version.condition is Condition.DAMAGED:
        return Tone.BAD
    if entry.is_head:
        return Tone.GOOD
    return None if entry.stands else Tone.QUIET


def _icon(entry: Entry) -> str:
    if entry.version is not None and entry.version.condition is Condition.DAMAGED:
        return "error"
    return "done" if entry.is_head else ""


def _tr(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)


COLUMNS: tuple[Column[Entry], ...] = (
    Column(key="what", title=QT_TRANSLATE_NOOP("history", "What"), shown=what, width=40),
    Column(
        key="at",
        title=QT_TRANSLATE_NOOP("history", "Time"),
        shown=lambda entry: text.moment(entry.at),
        tone=lambda _: Tone.QUIET,
        width=19,
    ),
    Column(
        key="steps",
        title=QT_TRANSLATE_NOOP("history", "Steps"),
        shown=lambda entry: text.whole(steps(entry)),
        tone=lambda entry: None if entry.stands else Tone.QUIET,
        alignment=RIGHT,
        width=7,
    ),
    Column(key="state", title=QT_TRANSLATE_NOOP("history", "State"), shown=state, tone=_tone, icon=_icon),
)
