"""The columns of the list of pinned examples."""

from backend.datasets.visible import visible
from backend.domain.conversation import Role
from backend.domain.pin import Pin
from gui import format as text
from gui.evolution.example_words import one_line, tr
from gui.table.columns import Column
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP


def question(pin: Pin) -> str:
    """The last thing that the user says before the answer."""
    said = (turn.content for turn in reversed(pin.turns[:-1]) if turn.role is Role.USER)
    return next(said, pin.turns[0].content)


def origin(pin: Pin) -> str:
    """Where its row stands."""
    if not pin.dataset:
        return tr(QT_TRANSLATE_NOOP("example", "typed in by hand"))
    words = tr(QT_TRANSLATE_NOOP("example", "{file}, line {line}"))
    return words.format(file=visible(pin.dataset_name), line=f"{pin.line:,}")


COLUMNS: tuple[Column[Pin], ...] = (
    Column[Pin](
        key="question",
        title=QT_TRANSLATE_NOOP("example", "Question"),
        shown=lambda pin: one_line(question(pin)),
        width=34,
    ),
    Column[Pin](
        key="answer",
        title=QT_TRANSLATE_NOOP("example", "Expected answer"),
        shown=lambda pin: one_line(pin.turns[-1].content),
        width=34,
    ),
    Column[Pin](
        key="pinned",
        title=QT_TRANSLATE_NOOP("example", "Pinned"),
        shown=lambda pin: text.moment(pin.pinned_at)[:16] if pin.pinned_at else text.NOTHING,
        tone=lambda _: Tone.QUIET,
        width=17,
    ),
    Column[Pin](key="origin", title=QT_TRANSLATE_NOOP("example", "From"), shown=origin, tone=lambda _: Tone.QUIET),
)
