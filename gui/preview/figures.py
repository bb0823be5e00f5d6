"""The figures of a preview as values: a title, what it shows, and what it says in full."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from backend.domain.dataset import Fault
from backend.domain.preview import Lengths, Preview, TokenFigures
from gui import format as text
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "preview"
COLUMNS = 4
FAULTS: dict[Fault, str] = {
    Fault.FORM: QT_TRANSLATE_NOOP("preview", "not a row that can be read"),
    Fault.NOTHING_TO_LEARN: QT_TRANSLATE_NOOP("preview", "nothing to learn"),
    Fault.SPECIAL_TOKEN: QT_TRANSLATE_NOOP("preview", "spells a special token"),
    Fault.TEMPLATE: QT_TRANSLATE_NOOP("preview", "not accepted by the chat template"),
    Fault.TOO_LONG: QT_TRANSLATE_NOOP("preview", "longer than the longest length"),
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`tip` says in full what the title has no room for."""

    key: str
    title: str
    shown: Callable[[Preview], str]
    tip: Callable[[Preview], str]


def said(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)


def _of_tokens(shown: Callable[[TokenFigures], str]) -> Callable[[Preview], str]:
    return lambda seen: text.NOTHING if seen.tokens is None else shown(seen.tokens)


def spread(lengths: Lengths) -> str:
    return f"{lengths.p50:,} · {lengths.p95:,} · {lengths.longest:,}"


def faults(seen: Preview) -> str:
    """The refused lines by kind, one a line."""
    return "\n".join(f"{count:,} {said(FAULTS[fault])}" for fault, count in sorted(seen.faults.items()))


def shapes(seen: Preview) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(seen.formats.items()))


FIGURES: tuple[Figure, ...] = (
    Figure(key="rows", title=QT_TRANSLATE_NOOP("preview", "Rows"), shown=lambda s: text.whole(s.rows), tip=shapes),
    Figure(
        key="refused",
        title=QT_TRANSLATE_NOOP("preview", "Refused lines"),
        shown=lambda s: text.whole(s.refused),
        tip=faults,
    ),
    Figure(
        key="duplicates",
        title=QT_TRANSLATE_NOOP("preview", "Duplicates"),
        shown=lambda s: text.whole(s.duplicates),
        tip=lambda _: said("Rows that say the same as an earlier one; they are trained all the same"),
    ),
    Figure(
        key="steps",
        title=QT_TRANSLATE_NOOP("preview", "Optimizer steps"),
        shown=_of_tokens(lambda t: text.whole(t.steps)),
        tip=lambda _: said("Of the whole job, with its rows a step and its epochs"),
    ),
    Figure(
        key="tokens",
        title=QT_TRANSLATE_NOOP("preview", "Tokens"),
        shown=_of_tokens(lambda t: text.whole(t.tokens)),
        tip=lambda _: said("Of all rows that can be trained"),
    ),
    Figure(
        key="learned",
        title=QT_TRANSLATE_NOOP("preview", "Learned tokens"),
        shown=_of_tokens(lambda t: text.whole(t.supervised)),
        tip=_of_tokens(
            lambda t: said("Tokens that the loss counts; for each row p50 · p95 · max: {spread}").format(
                spread=spread(t.supervised_lengths)
            )
        ),
    ),
    Figure(
        key="length",
        title=QT_TRANSLATE_NOOP("preview", "Length: p50 · p95 · max"),
        shown=_of_tokens(lambda t: spread(t.lengths)),
        tip=_of_tokens(lambda t: said("Tokens of a row; at most {limit} fit").format(limit=text.whole(t.limit))),
    ),
    Figure(
        key="heldout",
        title=QT_TRANSLATE_NOOP("preview", "Held-out rows"),
        shown=_of_tokens(lambda t: text.whole(t.heldout)),
        tip=lambda _: said("Never trained: the loss on them shows whether the model learns more than the rows"),
    ),
)


class Figures(QWidget):
    """Small cards, four in a row."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: dict[str, QFrame] = {}
        self._values: dict[str, QLabel] = {}
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for number, figure in enumerate(FIGURES):
            layout.addWidget(self._card(figure), number // COLUMNS, number % COLUMNS)
        for column in range(COLUMNS):
            layout.setColumnStretch(column, 1)

    def show_preview(self, seen: Preview) -> None:
        for figure in FIGURES:
            self._values[figure.key].setText(figure.shown(seen))
            self._cards[figure.key].setToolTip(figure.tip(seen))

    def value(self, key: str) -> str:
        return self._values[key].text()

    def _card(self, figure: Figure) -> QFrame:
        card = QFrame()
        card.setFrameShape(QFrame.Shape.NoFrame)
        card.setBackgroundRole(QPalette.ColorRole.Base)
        card.setAutoFillBackground(True)
        title = QLabel(said(figure.title))
        title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        value = QLabel(text.NOTHING)
        font = value.font()
        font.setPointSizeF(font.pointSizeF() * 1.2)
        font.setBold(True)
        value.setFont(font)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setAccessibleName(title.text())
        self._cards[figure.key], self._values[figure.key] = card, value
        box = QVBoxLayout(card)
        box.setContentsMargins(10, 6, 10, 6)
        box.setSpacing(1)
        box.addWidget(title)
        box.addWidget(value)
        return card
