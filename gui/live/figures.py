"""The figures above the plot, as columns of a name and a value."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from backend.domain.status import Status
from gui import format as text
from gui.translating import QT_TRANSLATE_NOOP


@dataclass(frozen=True)
class Figure:
    """One figure: its title and what it says of a status."""

    key: str
    title: str
    shown: Callable[[Status], str]


FIGURES: tuple[Figure, ...] = (
    Figure("loss", QT_TRANSLATE_NOOP("figures", "Loss"), lambda s: text.loss(s.loss)),
    Figure("held-out", QT_TRANSLATE_NOOP("figures", "Held-out loss"), lambda s: text.loss(s.heldout_loss)),
    Figure("rate", QT_TRANSLATE_NOOP("figures", "Learning rate"), lambda s: text.rate(s.learning_rate)),
    Figure("speed", QT_TRANSLATE_NOOP("figures", "Tokens/s"), lambda s: text.whole(s.tokens_per_second)),
    Figure("step", QT_TRANSLATE_NOOP("figures", "Step"), lambda s: text.step(s.step, s.total_steps)),
    Figure("epoch", QT_TRANSLATE_NOOP("figures", "Epoch"), lambda s: text.epoch(s.epoch)),
)


class Figures(QWidget):
    """A row of small cards."""

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[str, QLabel] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for figure in FIGURES:
            layout.addWidget(self._card(figure), 1)
        self.show_status(Status())

    def show_status(self, status: Status) -> None:
        for figure in FIGURES:
            self._values[figure.key].setText(figure.shown(status))

    def value(self, key: str) -> str:
        return self._values[key].text()

    def _card(self, figure: Figure) -> QFrame:
        card = QFrame()
        card.setFrameShape(QFrame.Shape.NoFrame)
        card.setBackgroundRole(QPalette.ColorRole.Base)
        card.setAutoFillBackground(True)
        title = QLabel(QCoreApplication.translate("figures", figure.title))
        title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        value = QLabel()
        font = value.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setBold(True)
        value.setFont(font)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setAccessibleName(title.text())
        self._values[figure.key] = value
        box = QVBoxLayout(card)
        box.setContentsMargins(10, 6, 10, 6)
        box.setSpacing(1)
        box.addWidget(title)
        box.addWidget(value)
        return card
