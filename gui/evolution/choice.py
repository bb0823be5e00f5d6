"""What the user can choose about the view of a run: what the colours mean, in which order, which examples."""

import enum

from backend.domain.analysis import Fate
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "evolution"


class Measure(enum.StrEnum):
    """What the colour of a cell shows."""

    LOSS = "loss"
    SIMILARITY = "similarity"


class Order(enum.StrEnum):
    """In which order the examples stand."""

    FINAL_LOSS = "final-loss"
    """The largest last loss first."""
    SPEED = "speed"
    """Learned at the earliest step first, then the largest gain."""
    LENGTH = "length"
    """The longest first."""
    FILE = "file"


class Kept(enum.StrEnum):
    """Which examples are shown. Those named for a fate have its value."""

    ALL = "all"
    LEARNED = Fate.LEARNED.value
    STILL_WRONG = Fate.STILL_WRONG.value
    FORGOTTEN = Fate.FORGOTTEN.value
    REGRESSED = Fate.REGRESSED.value
    KNOWN = Fate.KNOWN.value
    HELD_OUT = "held-out"
    PINNED = "pinned"


MEASURES = {
    Measure.LOSS: QT_TRANSLATE_NOOP("evolution", "Colour: loss"),
    Measure.SIMILARITY: QT_TRANSLATE_NOOP("evolution", "Colour: similarity"),
}
ORDERS = {
    Order.FINAL_LOSS: QT_TRANSLATE_NOOP("evolution", "Highest final loss first"),
    Order.SPEED: QT_TRANSLATE_NOOP("evolution", "Fastest learned first"),
    Order.LENGTH: QT_TRANSLATE_NOOP("evolution", "Longest first"),
    Order.FILE: QT_TRANSLATE_NOOP("evolution", "In the order of the file"),
}
KEPT = {
    Kept.ALL: QT_TRANSLATE_NOOP("evolution", "All examples"),
    Kept.LEARNED: QT_TRANSLATE_NOOP("evolution", "Learned"),
    Kept.STILL_WRONG: QT_TRANSLATE_NOOP("evolution", "Still wrong"),
    Kept.FORGOTTEN: QT_TRANSLATE_NOOP("evolution", "Forgotten"),
    Kept.REGRESSED: QT_TRANSLATE_NOOP("evolution", "Regressed"),
    Kept.KNOWN: QT_TRANSLATE_NOOP("evolution", "Known from the start"),
    Kept.HELD_OUT: QT_TRANSLATE_NOOP("evolution", "Held out"),
    Kept.PINNED: QT_TRANSLATE_NOOP("evolution", "Pinned"),
}
