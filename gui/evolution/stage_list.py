"""The stages of one example as a list to walk through with the arrow keys."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QTreeView

from gui.evolution.example_words import CONTEXT
from gui.evolution.stage_columns import COLUMNS
from gui.evolution.stages import Stage
from gui.table.model import TableModel
from gui.table.view import RoomyDelegate
from gui.theme import ThemeKeeper

_AIR = 18
"""Pixels beside and above what a cell holds."""


class StageList(QTreeView):
    """Stands on one stage, whose neighbours are a key away."""

    chosen = Signal(object)
    """Stage."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self.stages = TableModel(COLUMNS, CONTEXT, lambda stage: stage.at.step, theme, self)
        self.setModel(self.stages)
        self.setItemDelegate(RoomyDelegate(self))
        self.setAccessibleName(self.tr("Stages of the example"))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.header().setSectionsMovable(False)
        self._size_columns()
        self.selectionModel().currentRowChanged.connect(self._tell)
        QShortcut(QKeySequence.StandardKey.Copy, self, self.copy, context=Qt.ShortcutContext.WidgetShortcut)

    @property
    def current(self) -> Stage | None:
        index = self.currentIndex()
        return self.stages.records[index.row()] if index.isValid() else None

    def show_stages(self, stages: Sequence[Stage], step: int | None) -> None:
        """Args: step: to stand on; the last one where there is no such snapshot."""
        self.stages.show(stages)
        steps = [stage.at.step for stage in stages]
        if stages:
            self._go(steps.index(step) if step in steps else len(stages) - 1)

    def choose(self, step: int) -> None:
        """Go to a step; one without a snapshot changes nothing."""
        for row, stage in enumerate(self.stages.records):
            if stage.at.step == step:
                self._go(row)

    def minimumSizeHint(self) -> QSize:
        """The head and two rows."""
        return QSize(160, 3 * self.fontMetrics().height() + _AIR)

    @Slot()
    def copy(self) -> None:
        """The current row as text, tabs between the columns."""
        if self.current is not None:
            QGuiApplication.clipboard().setText("\t".join(column.shown(self.current) for column in COLUMNS))

    @Slot()
    def _tell(self) -> None:
        if self.current is not None:
            self.chosen.emit(self.current)

    def _go(self, row: int) -> None:
        self.setCurrentIndex(self.stages.index(row, 0))

    def _size_columns(self) -> None:
        for section, column in enumerate(COLUMNS):
            self.setColumnWidth(section, column.width * self.fontMetrics().averageCharWidth() + _AIR)
