"""The item model of a table of records; rows come, go and change, nothing is reset."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QIcon, QPalette

from gui import icons
from gui.table.columns import Column, Record
from gui.theme import ThemeKeeper, Tone

Index = QModelIndex | QPersistentModelIndex
WORDS_ROLE = Qt.ItemDataRole.UserRole + 1
"""All that a row shows, for the filter."""
RANK_ROLE = Qt.ItemDataRole.UserRole + 2
"""What rows are sorted by."""
RECORD_ROLE = Qt.ItemDataRole.UserRole + 3
"""The record itself, for delegates that draw it."""
_NO_PARENT = QModelIndex()


class TableModel(QAbstractTableModel, Generic[Record]):
    """`key` tells records apart; those with equal keys are one row whose content changes."""

    def __init__(
        self,
        columns: Sequence[Column[Record]],
        context: str,
        key: Callable[[Record], Hashable],
        theme: ThemeKeeper,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = columns
        self._context = context
        self._key = key
        self._theme = theme
        self._records: list[Record] = []
        self._words: dict[Hashable, str] = {}
        """Kept for the filter, which asks for them with every key that is pressed."""
        self._icons: dict[tuple[str, str], QIcon] = {}

    @property
    def records(self) -> Sequence[Record]:
        return self._records

    def show(self, records: Sequence[Record]) -> None:
        """All records in their order; rows at both ends that are known stay as they are."""
        old, new = [self._key(one) for one in self._records], [self._key(one) for one in records]
        head = _alike(old, new)
        tail = _alike(old[head:][::-1], new[head:][::-1])
        self._take_out(head, len(old) - tail)
        self._put_in(head, records[head : len(new) - tail])
        changed = [row for row, record in enumerate(records) if self._records[row] != record]
        for row in changed:
            self._words.pop(self._key(records[row]), None)
            self._records[row] = records[row]
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(self.columns) - 1))

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._records)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return QCoreApplication.translate(self._context, self.columns[section].title)
        return self.columns[section].alignment if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        record, column = self._records[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return column.shown(record)
            case Qt.ItemDataRole.TextAlignmentRole:
                return column.alignment
            case Qt.ItemDataRole.ForegroundRole:
                tone = column.tone(record)
                return None if tone is None else self._theme.colour(tone)
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(column.icon(record), column.tone(record))
            case _ if role == WORDS_ROLE:
                return self._words_of(record)
            case _ if role == RECORD_ROLE:
                return record
            case _ if role == RANK_ROLE:
                return column.shown(record) if column.rank is None else column.rank(record)
        return None

    def _words_of(self, record: Record) -> str:
        key = self._key(record)
        words = self._words.get(key)
        if words is None:
            words = self._words[key] = "\t".join(one.shown(record) for one in self.columns).casefold()
        return words

    def _icon(self, name: str, tone: Tone | None) -> QIcon | None:
        if not name:
            return None
        colour = self._theme.colour(tone or Tone.QUIET)
        found = self._icons.get((name, colour.name()))
        if found is None:
            selected = self._theme.palette().color(QPalette.ColorRole.HighlightedText)
            found = self._icons[name, colour.name()] = icons.coloured(name, colour, selected)
        return found

    def _take_out(self, first: int, end: int) -> None:
        if first < end:
            self.beginRemoveRows(_NO_PARENT, first, end - 1)
            for record in self._records[first:end]:
                self._words.pop(self._key(record), None)
            del self._records[first:end]
            self.endRemoveRows()

    def _put_in(self, at: int, records: Sequence[Record]) -> None:
        if records:
            self.beginInsertRows(_NO_PARENT, at, at + len(records) - 1)
            self._records[at:at] = records
            self.endInsertRows()


class TextFilter(QSortFilterProxyModel):
    """Rows that show every one of the words that are asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: list[str] = []

    def require(self, text: str) -> None:
        self.beginFilterChange()
        self._wanted = text.casefold().split()
        self.endFilterChange()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        if not self._wanted:
            return True
        model = self.sourceModel()
        words = str(model.data(model.index(source_row, 0), WORDS_ROLE))
        return all(word in words for word in self._wanted)


def _alike(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """How many at the beginning are equal."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
