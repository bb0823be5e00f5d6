"""What cleaning up would do, shown before it is done; nothing goes unless the user says so here."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from gui import format as text
from gui.backups.columns import CONTEXT, OF_CLEANING, BackupRow
from gui.dialogs.frame import DialogFrame
from gui.table.model import TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper

_SIZE = QSize(880, 480)


class CleaningDialog(DialogFrame):
    """What goes stands first, and below it why the others stay; Enter and Escape leave everything as it is."""

    confirmed = Signal(object)
    """tuple[str, ...]: ids of the backups that were shown as going."""

    def __init__(self, shown: Sequence[BackupRow], theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("cleaning", theme, parent)
        heading = self.tr("Clean up the backups")
        self.setModal(True)
        going = [row for row in shown if row.goes]
        self._ids = tuple(row.id for row in going)
        model = TableModel(OF_CLEANING, CONTEXT, lambda row: row.backup.sequence, theme, self)
        model.show([*going, *(row for row in shown if not row.goes)])
        self.table = TablePanel(model, heading, "")
        self.table.wanted.hide()
        size = text.size(sum(row.backup.card.bytes for row in going))
        backups = text.count(len(going), self.tr("backup goes"), self.tr("backups go"))
        if going:
            words = self.tr("{backups} to the trash for a day, {size}; {stay} stay.")
        else:
            words = self.tr("None goes: {stay} stay, and each says why.")
        self.about.setText(words.format(backups=backups, size=size, stay=f"{len(shown) - len(going):,}"))
        self.go = QPushButton(self.tr("Move {count} to the trash").format(count=f"{len(going):,}"))
        self.go.setAutoDefault(False)
        self.go.clicked.connect(self._confirm)
        self.end.setText(self.tr("Cancel") if going else self.tr("Close"))
        self.box.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        self.go.setVisible(bool(going))
        self.arrange(heading, self.table, (), _SIZE)
        self.end.setDefault(True)
        self.end.setFocus()

    @Slot()
    def _confirm(self) -> None:
        self.confirmed.emit(self._ids)
        self.accept()
