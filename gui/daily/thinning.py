"""What thinning would do, shown before it is done; nothing goes unless the user says so here."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from gui import format as text
from gui.daily.columns import CONTEXT, OF_THINNING, DailyRow
from gui.dialogs.frame import DialogFrame
from gui.table.model import TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper

_SIZE = QSize(640, 460)


class ThinningDialog(DialogFrame):
    """What goes stands first; Enter and Escape leave everything as it is."""

    confirmed = Signal(object)
    """tuple[str, ...]: the days that were shown as going."""

    def __init__(self, shown: Sequence[DailyRow], theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("thinning", theme, parent)
        heading = self.tr("Thin the daily snapshots")
        self.setModal(True)
        going = [row for row in shown if row.goes]
        self._days = tuple(row.daily.day for row in going)
        model = TableModel(OF_THINNING, CONTEXT, lambda row: row.daily.sequence, theme, self)
        model.show([*going, *(row for row in shown if not row.goes)])
        self.table = TablePanel(model, heading, "")
        self.table.wanted.hide()
        snapshots = text.count(len(going), self.tr("snapshot goes"), self.tr("snapshots go"))
        size = text.size(sum(row.daily.bytes for row in going))
        words = self.tr("{snapshots} to the trash, {size}; {stay} stay.")
        self.about.setText(words.format(snapshots=snapshots, size=size, stay=f"{len(shown) - len(going):,}"))
        self.go = QPushButton(self.tr("Move {count} to the trash").format(count=f"{len(going):,}"))
        self.go.setAutoDefault(False)
        self.go.clicked.connect(self._confirm)
        self.end.setText(self.tr("Cancel"))
        self.box.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        self.arrange(heading, self.table, (), _SIZE)
        self.end.setDefault(True)
        self.end.setFocus()

    @Slot()
    def _confirm(self) -> None:
        self.confirmed.emit(self._days)
        self.accept()
