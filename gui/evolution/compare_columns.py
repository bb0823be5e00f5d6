"""The columns of two stages side by side."""

from collections.abc import Callable

from backend.domain.snapshot import Scored
from backend.evolution.compare import Change, Compared
from gui import format as text
from gui.evolution import compare_words, words
from gui.evolution.columns import share
from gui.table.columns import RIGHT, Column
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP

_TONES = {
    Change.LEARNED: Tone.GOOD,
    Change.BETTER: Tone.GOOD,
    Change.FORGOTTEN: Tone.BAD,
    Change.WORSE: Tone.CAUTION,
}
_PLACES = list(compare_words.CHANGES)
_LAST = float("inf")
_HELD_OUT = QT_TRANSLATE_NOOP("evolution", "held out")
_PINNED = QT_TRANSLATE_NOOP("evolution", "pinned")
_FILE = QT_TRANSLATE_NOOP("evolution", "line {line}")


def _tone(row: Compared) -> Tone | None:
    return _TONES.get(row.change, Tone.QUIET)


def _loss(side: Scored | None) -> float | None:
    return None if side is None else side.loss


def _similarity(side: Scored | None) -> float | None:
    return None if side is None else side.similarity


def _rank(value: float | None) -> float:
    """What is missing stands at the end."""
    return _LAST if value is None else value


def _marks(row: Compared) -> str:
    one = row.example
    found = [words.tr(_FILE).format(line=f"{one.line:,}")] if one.line else []
    found += [words.tr(_HELD_OUT)] if one.heldout else []
    found += [words.tr(_PINNED)] if one.pinned else []
    return ", ".join(found)


def _figure(
    key: str,
    title: str,
    value: Callable[[Compared], float | None],
    spelled: Callable[[float | None], str],
    tone: Callable[[Compared], Tone | None] = lambda row: None,
) -> Column[Compared]:
    return Column[Compared](
        key=key,
        title=title,
        shown=lambda row: spelled(value(row)),
        tone=tone,
        alignment=RIGHT,
        width=8,
        rank=lambda row: _rank(value(row)),
    )


COLUMNS: tuple[Column[Compared], ...] = (
    Column[Compared](
        key="example",
        title=QT_TRANSLATE_NOOP("evolution", "Example"),
        shown=lambda row: words.first_line(row.example.input),
        width=32,
    ),
    Column[Compared](
        key="change",
        title=QT_TRANSLATE_NOOP("evolution", "What became of it"),
        shown=lambda row: compare_words.change(row.change),
        tone=_tone,
        width=13,
        rank=lambda row: _PLACES.index(row.change),
    ),
    _figure("loss-before", QT_TRANSLATE_NOOP("evolution", "Loss before"), lambda row: _loss(row.before), text.loss),
    _figure("loss-after", QT_TRANSLATE_NOOP("evolution", "Loss after"), lambda row: _loss(row.after), text.loss),
    _figure(
        "loss-change",
        QT_TRANSLATE_NOOP("evolution", "Loss change"),
        lambda row: row.loss_change,
        compare_words.signed,
        _tone,
    ),
    _figure(
        "similarity-before",
        QT_TRANSLATE_NOOP("evolution", "Similar before"),
        lambda row: _similarity(row.before),
        share,
    ),
    _figure(
        "similarity-after", QT_TRANSLATE_NOOP("evolution", "Similar after"), lambda row: _similarity(row.after), share
    ),
    Column[Compared](key="marks", title=QT_TRANSLATE_NOOP("evolution", "Marks"), shown=_marks),
)
