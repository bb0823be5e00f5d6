"""The item model of the log: a bounded list to which lines are appended."""

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor

from gui.log.lines import Level, Line
from gui.theme import ThemeKeeper, Tone

Index = QModelIndex | QPersistentModelIndex
MOST_LINES = 5_000
_GOES_AT_ONCE = 500
LEVEL_ROLE = Qt.ItemDataRole.UserRole + 1
TIME, LEVEL, TEXT = range(3)
_NO_PARENT = QModelIndex()
_TONES = {Level.WARNING: Tone.CAUTION, Level.ERROR: Tone.BAD}


class LogModel(QAbstractTableModel):
    """The oldest lines go when it is full; the log file keeps them."""

    def __init__(self, theme: ThemeKeeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: list[Line] = []

    def append(self, line: Line) -> None:
        if len(self._lines) >= MOST_LINES:
            self.beginRemoveRows(_NO_PARENT, 0, _GOES_AT_ONCE - 1)
            del self._lines[:_GOES_AT_ONCE]
            self.endRemoveRows()
        end = len(self._lines)
        self.beginInsertRows(_NO_PARENT, end, end)
        self._lines.append(line)
        self.endInsertRows()

    def last(self, count: int) -> list[Line]:
        return self._lines[-count:]

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == LEVEL_ROLE:
            return int(line.level)
        if role == Qt.ItemDataRole.DisplayRole:
            return (f"{line.at:%H:%M:%S}", level_name(line.level), line.text)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == TEXT:
            return line.text
        return self._colour(line, index.column()) if role == Qt.ItemDataRole.ForegroundRole else None

    def _colour(self, line: Line, column: int) -> QColor | None:
        if column == TIME:
            return self._theme.colour(Tone.QUIET)
        tone = _TONES.get(line.level)
        return self._theme.colour(tone) if tone else None


class LogFilter(QSortFilterProxyModel):
    """Lines of at least one level that contain some text."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._least = Level.INFO
        self._wanted = ""

    def require(self, least: Level, wanted: str) -> None:
        self.beginFilterChange()
        self._least, self._wanted = least, wanted.casefold()
        self.endFilterChange()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        model = self.sourceModel()
        level = model.data(model.index(source_row, LEVEL), LEVEL_ROLE)
        text = str(model.data(model.index(source_row, TEXT), Qt.ItemDataRole.DisplayRole))
        return level >= self._least and self._wanted in text.casefold()


def level_name(level: Level) -> str:
    names = {Level.INFO: "info", Level.WARNING: "warning", Level.ERROR: "error"}
    return QCoreApplication.translate("log", names[level])
