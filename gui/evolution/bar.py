"""The choosers over the Evolution tab: run, colour, order, which examples, search."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QSizePolicy, QToolButton, QWidget

from backend.domain.evolution import EvolutionRun
from gui.calm import CalmComboBox
from gui.evolution import words
from gui.evolution.choice import KEPT, MEASURES, ORDERS, Kept, Measure, Order
from gui.memory import Memory

_Choice = TypeVar("_Choice", Measure, Order, Kept)
_LEAST_CHARACTERS = 9


class ChoiceBar(QWidget):
    """Two rows: the run, and how it is looked at."""

    run_chosen = Signal(object)
    """The user chose the run of this number."""
    changed = Signal()
    """Anything else was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.run = _box(self.tr("Training whose snapshots are shown"))
        self.measure = _filled(_box(self.tr("What the colours show")), MEASURES)
        self.order = _filled(_box(self.tr("Order of the examples")), ORDERS)
        self.kept = _filled(_box(self.tr("Which examples are shown")), KEPT)
        self._remembered = {
            "evolution-measure": self.measure,
            "evolution-order": self.order,
            "evolution-filter": self.kept,
        }
        self.wanted = QLineEdit()
        self.wanted.setPlaceholderText(self.tr("Show only examples with…"))
        self.wanted.setAccessibleName(self.tr("Search in examples"))
        self.wanted.setClearButtonEnabled(True)
        self.wanted.setAcceptDrops(False)  # a file let go here is for the queue
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        grid.addWidget(self.run, 0, 0, 1, 2)
        grid.addWidget(self.wanted, 0, 2)
        for column, box in enumerate((self.measure, self.order, self.kept)):
            grid.addWidget(box, 1, column)
            grid.setColumnStretch(column, 1)
        self._grid = grid
        self.run.activated.connect(self._choose_run)
        for box in (self.measure, self.order, self.kept):
            box.currentIndexChanged.connect(self.changed)
        self.wanted.textChanged.connect(self.changed)

    def add_verb(self, action: QAction) -> None:
        """A button for it behind the run."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAccessibleName(action.text())
        self._grid.addWidget(button, 0, self._grid.columnCount())

    def show_runs(self, runs: Sequence[EvolutionRun], shown: int | None) -> None:
        """Args: runs: newest first."""
        for place, run in enumerate(runs):
            if place >= self.run.count():
                self.run.addItem("")
            self.run.setItemText(place, words.run(run))
            self.run.setItemData(place, run.id)
        while self.run.count() > len(runs):
            self.run.removeItem(self.run.count() - 1)
        self.run.setCurrentIndex(self.run.findData(shown))

    def restore(self, memory: Memory) -> None:
        """As it was when the window was closed."""
        for name, box in self._remembered.items():
            box.setCurrentIndex(min(memory.number(name, 0), box.count() - 1))

    def remember(self, memory: Memory) -> None:
        for name, box in self._remembered.items():
            memory.keep_number(name, box.currentIndex())

    @property
    def chosen_measure(self) -> Measure:
        return Measure(self.measure.currentData())

    @property
    def chosen_order(self) -> Order:
        return Order(self.order.currentData())

    @property
    def chosen_kept(self) -> Kept:
        return Kept(self.kept.currentData())

    @Slot()
    def _choose_run(self) -> None:
        self.run_chosen.emit(self.run.currentData())


def _box(name: str) -> QComboBox:
    box = CalmComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_LEAST_CHARACTERS)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def _filled(box: QComboBox, names: Mapping[_Choice, str]) -> QComboBox:
    for choice, name in names.items():
        box.addItem(words.tr(name), choice.value)
    return box
