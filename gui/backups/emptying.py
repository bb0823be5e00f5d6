"""Deleting for good what lies in the trash: it is listed, and a word must be typed, for nothing brings it back."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from backend.domain.trash import TrashEntry
from gui import format as text
from gui.backups.columns import CONTEXT
from gui.backups.trash_columns import COLUMNS
from gui.dialogs.frame import DialogFrame
from gui.table.model import TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper

_SIZE = QSize(680, 420)


class EmptyingDialog(DialogFrame):
    """One entry is called by what it was, several by their number."""

    confirmed = Signal(object)
    """tuple[str, ...]: names in the trash."""

    def __init__(self, entries: Sequence[TrashEntry], theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("emptying", theme, parent)
        heading = self.tr("Delete for good")
        self.setModal(True)
        self._names = tuple(entry.name for entry in entries)
        self.word = entries[0].of if len(entries) == 1 else str(len(entries))
        model = TableModel(COLUMNS[:-1], CONTEXT, lambda entry: entry.name, theme, self)
        model.show(entries)
        self.table = TablePanel(model, heading, "")
        self.table.wanted.hide()
        size = text.size(sum(entry.bytes for entry in entries))
        self.about.setText(self.tr("{size} are freed now, and nothing brings this back.").format(size=size))
        prompt = QLabel(self.tr("&Type {word} to delete it for good:").format(word=self.word))
        self.typed = QLineEdit()
        prompt.setBuddy(self.typed)
        self.go = QPushButton(self.tr("Delete for good"))
        self.go.setAutoDefault(False)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._confirm)
        self.typed.textChanged.connect(self._look)
        self.end.setText(self.tr("Cancel"))
        self.box.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(prompt)
        column.addWidget(self.typed)
        self.arrange(heading, body, (), _SIZE)
        self.end.setDefault(True)

    @Slot()
    def _look(self) -> None:
        self.go.setEnabled(self.typed.text().strip() == self.word)

    @Slot()
    def _confirm(self) -> None:
        self.confirmed.emit(self._names)
        self.accept()
