"""A table with a filter above it, the whole text of the chosen row below, and words where nothing is in it."""

from collections.abc import Callable
from typing import Generic

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gui.table.columns import Record
from gui.table.model import TableModel, TextFilter

_AIR = 11
"""Pixels that a row is higher than its text."""
_ICON = 24
_GAP = "\N{EN SPACE}"
"""Between a figure and the words of the next column."""


class TablePanel(QWidget, Generic[Record]):
    """`model` is filled by its owner; `nothing` is said while it is empty."""

    chosen = Signal()
    """Another row is the current one, or none."""

    def __init__(self, model: TableModel[Record], name: str, nothing: str) -> None:
        super().__init__()
        self.model = model
        self._filter = TextFilter(self)
        self._filter.setSourceModel(model)
        self.wanted = QLineEdit()
        self.view = QTreeView()
        self.whole = QLabel()
        self._nothing = QLabel(nothing)
        self._none_fits = self.tr("No row has these words.")
        self._words = nothing
        self._stack = QStackedWidget()
        self._dress(name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.wanted)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.whole)
        for changed in (self._filter.rowsInserted, self._filter.rowsRemoved, model.rowsRemoved):
            changed.connect(self._show_what_there_is)  # the filter lets rows go before the model has
        self._show_what_there_is()

    @property
    def shown(self) -> int:
        """Rows that pass the filter."""
        return self._filter.rowCount()

    @property
    def words(self) -> str:
        """What is said in place of rows."""
        return self._nothing.text() if self._stack.currentIndex() == 0 else ""

    def selected(self) -> list[Record]:
        rows = sorted(self.view.selectionModel().selectedRows(), key=QModelIndex.row)
        return [self.model.records[self._filter.mapToSource(row).row()] for row in rows]

    def passing(self) -> list[Record]:
        """The records that pass the filter, in the order of the rows."""
        places = (self._filter.mapToSource(self._filter.index(row, 0)).row() for row in range(self.shown))
        return [self.model.records[place] for place in places]

    def sort_by(self, role: int) -> None:
        """Let a click on a title sort the rows; until then they stand as the model has them."""
        self._filter.setSortRole(role)
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.view.header().setSortIndicatorClearable(True)

    def select(self, wanted: Callable[[Record], bool]) -> None:
        """Go to the first row whose record is wanted; leave none selected where it is not shown."""
        for place, record in enumerate(self.model.records):
            index = self._filter.mapFromSource(self.model.index(place, 0)) if wanted(record) else QModelIndex()
            if index.isValid():
                # By itself the view would add to the selection, or take from it, while Ctrl or Shift is held down.
                only = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
                self.view.selectionModel().setCurrentIndex(index, only)
                self.view.scrollTo(index)
                return
        self.view.clearSelection()

    def cells(self, record: Record) -> list[str]:
        return [column.shown(record) for column in self.model.columns]

    @Slot()
    def copy(self) -> None:
        """The selected rows as text, tabs between the columns."""
        lines = ["\t".join(self.cells(record)) for record in self.selected()]
        QGuiApplication.clipboard().setText("\n".join(lines))

    @Slot()
    def _require(self) -> None:
        self._filter.require(self.wanted.text())
        self._show_what_there_is()

    @Slot()
    def _show_what_there_is(self) -> None:
        self._nothing.setText(self._none_fits if self.model.records else self._words)
        self._stack.setCurrentIndex(1 if self.shown else 0)

    @Slot()
    def _show_whole(self) -> None:
        """The last column of the current row, where it is longer than its cell."""
        last = len(self.model.columns) - 1
        index = self.view.currentIndex()
        words = str(index.siblingAtColumn(last).data() or "") if index.isValid() else ""
        room = self.view.columnWidth(last) - _ICON
        self.whole.setText(words)
        self.whole.setVisible("\n" in words or self.fontMetrics().horizontalAdvance(words) > room)
        self.chosen.emit()

    def _dress(self, name: str) -> None:
        self.wanted.setPlaceholderText(self.tr("Show only rows with…"))
        self.wanted.setAccessibleName(self.tr("Filter: {table}").format(table=name))
        self.wanted.setClearButtonEnabled(True)
        self.wanted.textChanged.connect(self._require)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._nothing.setMargin(24)
        self._nothing.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._nothing.setBackgroundRole(QPalette.ColorRole.Base)
        self._nothing.setAutoFillBackground(True)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.whole.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.whole.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.whole.setIndent(4)
        self.whole.hide()
        self._dress_view(name)
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(self.view)

    def _dress_view(self, name: str) -> None:
        view = self.view
        view.setAccessibleName(name)
        view.setModel(self._filter)
        view.setItemDelegate(RoomyDelegate(view))
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAlternatingRowColors(True)
        view.setAllColumnsShowFocus(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        view.setFrameShape(QTreeView.Shape.NoFrame)
        view.header().setSectionsMovable(False)
        self._size_columns()
        view.selectionModel().currentRowChanged.connect(self._show_whole)
        view.selectionModel().selectionChanged.connect(self.chosen)
        QShortcut(QKeySequence.StandardKey.Copy, view, self.copy, context=Qt.ShortcutContext.WidgetShortcut)

    def _size_columns(self) -> None:
        metrics = self.view.fontMetrics()
        for section, column in enumerate(self.model.columns):
            title = metrics.horizontalAdvance(str(self.model.headerData(section, Qt.Orientation.Horizontal)))
            width = max(title, column.width * metrics.averageCharWidth())
            self.view.setColumnWidth(section, width + _ICON)


class RoomyDelegate(QStyledItemDelegate):
    """With room above and below the words, on one line whatever they hold."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), option.fontMetrics.height() + _AIR)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.text = " ".join(option.text.split())
        if option.displayAlignment & Qt.AlignmentFlag.AlignRight:
            option.text += _GAP
