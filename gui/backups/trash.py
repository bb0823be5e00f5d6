"""The trash as a list: what was deleted can be brought back for a day, or deleted for good now."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from backend.protocol.keeping import EmptyTrash, ListTrash, RestoreTrash, TrashReply
from gui import format as text
from gui.backups.columns import CONTEXT
from gui.backups.emptying import EmptyingDialog
from gui.backups.trash_columns import COLUMNS
from gui.table.model import TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper


class TrashPanel(QWidget):
    """Says what it wants by `wanted`; its owner brings the answers."""

    wanted = Signal(object)
    counted = Signal(int)

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        name = self.tr("Trash")
        model = TableModel(COLUMNS, CONTEXT, lambda entry: entry.name, theme, self)
        self.table = TablePanel(model, name, self.tr("The trash is empty. What is deleted lies here for a day."))
        self.restore = QPushButton(self.tr("Put back"))
        self.empty = QPushButton(self.tr("Delete for good…"))
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.restore, self.empty):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addLayout(row)
        self.table.chosen.connect(self._follow)
        self.restore.clicked.connect(self._restore)
        self.empty.clicked.connect(self._empty)
        self._follow()

    @Slot()
    def ask(self) -> None:
        self.wanted.emit(ListTrash())

    def show_reply(self, reply: TrashReply) -> None:
        self.table.model.show(reply.entries)
        self.counted.emit(len(reply.entries))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        chosen = self.table.selected()
        self.restore.setEnabled(len(chosen) == 1)
        self.restore.setToolTip("" if len(chosen) == 1 else self.tr("Select one row"))
        self.empty.setEnabled(bool(self.table.model.records))
        selected = text.size(sum(entry.bytes for entry in chosen or self.table.model.records))
        of = self.tr("the selected rows, {size}") if chosen else self.tr("everything in it, {size}")
        self.empty.setToolTip(of.format(size=selected))

    @Slot()
    def _restore(self) -> None:
        for entry in self.table.selected()[:1]:
            self.wanted.emit(RestoreTrash(name=entry.name))

    @Slot()
    def _empty(self) -> None:
        entries = self.table.selected() or list(self.table.model.records)
        question = EmptyingDialog(entries, self._theme, self.window())
        question.confirmed.connect(self._empty_now)
        question.open()

    @Slot(object)
    def _empty_now(self, names: tuple[str, ...]) -> None:
        self.wanted.emit(EmptyTrash(names=names))
