"""The refused lines of a file as a table: where, why, and what to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from backend.datasets.visible import visible
from backend.domain.dataset import BadLine
from gui import format as text
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "preview"
Index = QModelIndex | QPersistentModelIndex
_AIR = 12
"""Pixels that a cell is larger than its text."""
_NO_PARENT = QModelIndex()


@dataclass(frozen=True)
class Column:
    """One column: its title and what it shows of a line."""

    title: str
    shown: Callable[[BadLine], str]


COLUMNS: tuple[Column, ...] = (
    Column(QT_TRANSLATE_NOOP("preview", "Line"), lambda bad: text.whole(bad.line) if bad.line else text.NOTHING),
    Column(QT_TRANSLATE_NOOP("preview", "Why it is refused"), lambda bad: visible(bad.reason)),
    Column(QT_TRANSLATE_NOOP("preview", "What to do"), lambda bad: visible(bad.remedy)),
)


class RefusedModel(QAbstractTableModel):
    """Lines come at the end, in the order of the file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[BadLine] = []

    def take(self, lines: Sequence[BadLine]) -> None:
        """All lines that are known now; those that were known before are the first of them."""
        if len(lines) > len(self._lines):
            self.beginInsertRows(_NO_PARENT, len(self._lines), len(lines) - 1)
            self._lines += lines[len(self._lines) :]
            self.endInsertRows()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return QCoreApplication.translate(CONTEXT, COLUMNS[section].title)
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return COLUMNS[index.column()].shown(self._lines[index.row()])
        return None


class RoomyDelegate(QStyledItemDelegate):
    """With room around the words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width() + _AIR, size.height() + _AIR)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.rect = option.rect.adjusted(_AIR // 2, 0, -_AIR // 2, 0)


class RefusedTable(QTableView):
    """Whole sentences, wrapped; the selected lines can be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = RefusedModel(self)
        self.setModel(self.lines)
        self.setAccessibleName(self.tr("Refused lines"))
        self.setWordWrap(True)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setItemDelegate(RoomyDelegate(self))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setHighlightSections(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)
            lines = ["\t".join(str(row.siblingAtColumn(c).data()) for c in range(len(COLUMNS))) for row in rows]
            QApplication.clipboard().setText("\n".join(lines))
            return
        super().keyPressEvent(event)
