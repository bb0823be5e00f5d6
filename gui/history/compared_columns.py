"""Two versions side by side: columns of the settings that differ, and of the examples that both know."""

import enum

from PySide6.QtCore import QCoreApplication

from backend.datasets.visible import visible
from backend.protocol.keeping import ExampleDifference, SettingDifference
from gui import format as text
from gui.evolution.words import first_line
from gui.table.columns import RIGHT, Column
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "compared"


class Became(enum.Enum):
    """What the second version makes of an example, seen from the first."""

    LEARNED = QT_TRANSLATE_NOOP("compared", "learned")
    FORGOTTEN = QT_TRANSLATE_NOOP("compared", "forgotten")
    RIGHT = QT_TRANSLATE_NOOP("compared", "right in both")
    WRONG = QT_TRANSLATE_NOOP("compared", "wrong in both")
    UNKNOWN = QT_TRANSLATE_NOOP("compared", "not asked in both")


_ORDER = list(Became)
_TONES = {Became.LEARNED: Tone.GOOD, Became.FORGOTTEN: Tone.BAD}
_LAST = float("inf")


def became(row: ExampleDifference) -> Became:
    """By whether the two answers are right."""
    if row.one_right is None or row.other_right is None:
        return Became.UNKNOWN
    if row.one_right == row.other_right:
        return Became.RIGHT if row.one_right else Became.WRONG
    return Became.LEARNED if row.other_right else Became.FORGOTTEN


def _loss(value: float | None) -> float:
    return _LAST if value is None else value


SETTINGS: tuple[Column[SettingDifference], ...] = (
    Column(key="key", title=QT_TRANSLATE_NOOP("compared", "What differs"), shown=lambda row: row.key, width=30),
    Column(key="one", title=QT_TRANSLATE_NOOP("compared", "First"), shown=lambda row: visible(row.one), width=30),
    Column(key="other", title=QT_TRANSLATE_NOOP("compared", "Second"), shown=lambda row: visible(row.other)),
)
EXAMPLES: tuple[Column[ExampleDifference], ...] = (
    Column(
        key="input", title=QT_TRANSLATE_NOOP("compared", "Example"), shown=lambda row: first_line(row.input), width=44
    ),
    Column(
        key="became",
        title=QT_TRANSLATE_NOOP("compared", "What became of it"),
        shown=lambda row: QCoreApplication.translate(CONTEXT, became(row).value),
        tone=lambda row: _TONES.get(became(row)),
        rank=lambda row: _ORDER.index(became(row)),
        width=18,
    ),
    Column(
        key="one_loss",
        title=QT_TRANSLATE_NOOP("compared", "Loss, first"),
        shown=lambda row: text.loss(row.one_loss),
        rank=lambda row: _loss(row.one_loss),
        alignment=RIGHT,
        width=10,
    ),
    Column(
        key="other_loss",
        title=QT_TRANSLATE_NOOP("compared", "Loss, second"),
        shown=lambda row: text.loss(row.other_loss),
        rank=lambda row: _loss(row.other_loss),
        alignment=RIGHT,
        width=10,
    ),
    Column(
        key="answer",
        title=QT_TRANSLATE_NOOP("compared", "Answer of the second"),
        shown=lambda row: first_line(row.other_answer or ""),
    ),
)
