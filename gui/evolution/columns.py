"""The columns of the table of examples."""

from collections.abc import Callable

from backend.domain.analysis import Fate
from gui import format as text
from gui.evolution import words
from gui.evolution.rows import ExampleRow
from gui.table.columns import RIGHT, Column
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP

_TONES = {
    Fate.LEARNED: Tone.GOOD,
    Fate.KNOWN: Tone.GOOD,
    Fate.FORGOTTEN: Tone.BAD,
    Fate.REGRESSED: Tone.BAD,
    Fate.STILL_WRONG: Tone.CAUTION,
    Fate.UNKNOWN: Tone.QUIET,
}
_LAST = float("inf")


def share(value: float | None) -> str:
    """A similarity as people read it."""
    return text.NOTHING if value is None else f"{100 * value:.0f} %"


def marks(row: ExampleRow) -> str:
    """What sets the example apart."""
    found = []
    if row.example.heldout:
        found.append(words.tr(QT_TRANSLATE_NOOP("evolution", "held out")))
    if row.example.pinned:
        found.append(words.tr(QT_TRANSLATE_NOOP("evolution", "pinned")))
    return ", ".join(found)


def _rank(value: float | None) -> float:
    return _LAST if value is None else value


def _loss(key: str, title: str, value: Callable[[ExampleRow], float | None]) -> Column[ExampleRow]:
    return Column[ExampleRow](
        key=key,
        title=title,
        shown=lambda row: text.loss(value(row)),
        alignment=RIGHT,
        width=7,
        rank=lambda row: _rank(value(row)),
    )


COLUMNS: tuple[Column[ExampleRow], ...] = (
    Column[ExampleRow](
        key="example",
        title=QT_TRANSLATE_NOOP("evolution", "Example"),
        shown=lambda row: words.first_line(row.example.input),
        width=26,
    ),
    Column[ExampleRow](
        key="fate",
        title=QT_TRANSLATE_NOOP("evolution", "What became of it"),
        shown=lambda row: words.fate(row.fate, row.learned_at),
        tone=lambda row: _TONES[row.fate],
        width=17,
        rank=lambda row: f"{row.fate}{row.learned_at or 0:09d}",
    ),
    _loss("first", QT_TRANSLATE_NOOP("evolution", "First loss"), lambda row: row.first_loss),
    _loss("last", QT_TRANSLATE_NOOP("evolution", "Last loss"), lambda row: row.last_loss),
    _loss("best", QT_TRANSLATE_NOOP("evolution", "Best"), lambda row: row.best_loss),
    Column[ExampleRow](
        key="similarity",
        title=QT_TRANSLATE_NOOP("evolution", "Similarity"),
        shown=lambda row: share(row.similarity),
        alignment=RIGHT,
        width=6,
        rank=lambda row: _rank(row.similarity),
    ),
    Column[ExampleRow](
        key="length",
        title=QT_TRANSLATE_NOOP("evolution", "Tokens"),
        shown=lambda row: text.whole(row.example.length),
        alignment=RIGHT,
        width=5,
        rank=lambda row: row.example.length,
    ),
    Column[ExampleRow](key="marks", title=QT_TRANSLATE_NOOP("evolution", "Marks"), shown=marks),
)
