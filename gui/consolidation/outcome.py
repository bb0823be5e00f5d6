"""What came of a consolidation: the version, what the merge keeps, and its answer beside the adapter's."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from backend.datasets.visible import visible
from backend.domain.version import Version
from backend.evolution.difference import difference
from gui import format as text
from gui.dialogs.fact_grid import plain
from gui.evolution.text_box import TextBox
from gui.history import gate_words
from gui.theme import ThemeKeeper

_TALL = 130


class OutcomeView(QWidget):
    """Filled from the version's own card."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self.headline, self.verdict, self.figures, self.asked = (plain("") for _ in range(4))
        font = self.headline.font()
        font.setBold(True)
        self.headline.setFont(font)
        self.figures.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.adapter_answer = TextBox(self.tr("Answer of base and adapter"), theme)
        self.answer = TextBox(self.tr("Answer of the version"), theme)
        self._answers = QWidget()
        grid = QGridLayout(self._answers)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.asked, 0, 0, 1, 2)
        for place, (title, box) in enumerate(
            ((self.tr("Base and adapter"), self.adapter_answer), (self.tr("The version"), self.answer))
        ):
            label = QLabel(title)
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            grid.addWidget(label, 1, place)
            box.setMaximumHeight(_TALL)
            grid.addWidget(box, 2, place)
            grid.setColumnStretch(place, 1)
        grid.setRowStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.headline, self.verdict, self.figures):
            column.addWidget(widget)
        column.addWidget(self._answers)
        column.addStretch()

    def show_version(self, version: Version) -> None:
        card, gate = version.card, version.card.gate
        words = self.tr("{version} is there: {size}, {precision}. The model in training stands on it.")
        self.headline.setText(words.format(version=card.id, size=text.size(version.bytes), precision=card.precision))
        self.verdict.setText(gate_words.verdict(gate) if gate is not None else "")
        self.figures.setText(gate_words.figures(gate) if gate is not None else "")
        self._answers.setVisible(gate is not None and bool(gate.question))
        if gate is not None:
            self.asked.setText(self.tr("Asked once: {question}").format(question=visible(gate.question)))
            self.adapter_answer.show_text(gate.adapter_answer)
            self.answer.show_parts(difference(gate.adapter_answer, gate.answer).parts, gate.answer)
