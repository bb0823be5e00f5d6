"""The Log tab: lines with levels, a filter, and a button that copies diagnostics."""

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QTreeView, QVBoxLayout, QWidget

from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId
from gui.calm import CalmComboBox
from gui.log.lines import Level, Line
from gui.log.model import LEVEL, TEXT, TIME, LogFilter, LogModel, level_name
from gui.theme import ThemeKeeper


class LogPanel(QWidget):
    """Follows the newest line as long as the user has not scrolled away from it."""

    def __init__(self, actions: Actions, theme: ThemeKeeper) -> None:
        super().__init__()
        self.model = LogModel(theme, self)
        self._filter = LogFilter(self)
        self._filter.setSourceModel(self.model)
        self.level = CalmComboBox()
        self.wanted = QLineEdit()
        self.view = QTreeView()
        self._dress()
        copy = QToolButton()
        copy.setDefaultAction(actions[ActionId.COPY_DIAGNOSTICS])
        row = QHBoxLayout()
        row.addWidget(self.level)
        row.addWidget(self.wanted, 1)
        row.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.view, 1)

    @Slot(object)
    def add(self, line: Line) -> None:
        bar = self.view.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        self.model.append(line)
        if at_end:
            self.view.scrollToBottom()

    @Slot()
    def copy(self) -> None:
        """The selected lines as text."""
        rows = sorted(self.view.selectionModel().selectedRows(), key=QModelIndex.row)
        lines = ["  ".join(str(row.siblingAtColumn(column).data()) for column in (TIME, LEVEL, TEXT)) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    @Slot()
    def _require(self) -> None:
        self._filter.require(Level(self.level.currentIndex()), self.wanted.text())

    def _dress(self) -> None:
        names = (self.tr("All"), self.tr("Warnings and errors"), self.tr("Errors"))
        self.level.addItems(names)
        self.level.setAccessibleName(self.tr("Least level shown"))
        self.level.currentIndexChanged.connect(self._require)
        self.wanted.setPlaceholderText(self.tr("Show only lines with…"))
        self.wanted.setAccessibleName(self.tr("Filter of the log"))
        self.wanted.setClearButtonEnabled(True)
        self.wanted.setAcceptDrops(False)  # a file let go here is for the queue
        self.wanted.textChanged.connect(self._require)
        self.view.setAccessibleName(self.tr("Log"))
        QShortcut(QKeySequence.StandardKey.Copy, self.view, self.copy, context=Qt.ShortcutContext.WidgetShortcut)
        self.view.setModel(self._filter)
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.setHeaderHidden(True)
        self.view.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.view.setFrameShape(QTreeView.Shape.NoFrame)
        widest = max((level_name(level) for level in Level), key=len)
        metrics = self.view.fontMetrics()
        self.view.setColumnWidth(TIME, metrics.horizontalAdvance("00:00:00") + 24)
        self.view.setColumnWidth(LEVEL, metrics.horizontalAdvance(widest) + 24)
