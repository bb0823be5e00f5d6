"""Deleting a version: its identity card, what stands against it, and its id to be typed before anything goes."""

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from backend.protocol.host import Failure, Reply, Request
from backend.protocol.keeping import DeleteVersion, DeletionCard, GetDeletion, OperationBegun
from gui import format as text
from gui.dialogs.fact_grid import FactGrid, plain
from gui.dialogs.frame import DialogFrame
from gui.history.facts import facts
from gui.history.timeline import Entry
from gui.theme import ThemeKeeper

_SIZE = QSize(600, 560)


class DeletionDialog(DialogFrame):
    """Enter and Escape leave everything as it is; the button waits for the right id."""

    def __init__(self, version: str, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("deletion", theme, parent)
        heading = self.tr("Delete {version}").format(version=version)
        self.setModal(True)
        self._version = version
        self._card: DeletionCard | None = None
        self.card = FactGrid()
        self.against = plain("")
        self.prompt = QLabel(self.tr("Type {version} to &delete it:").format(version=version))
        self.typed = QLineEdit()
        self.prompt.setBuddy(self.typed)
        self.end_undo = QCheckBox(self.tr("&Undo may no longer reach back to it"))
        self.end_undo.hide()
        self.go = QPushButton(self.tr("Delete"))
        self.go.setEnabled(False)
        self.go.clicked.connect(self._delete)
        self.typed.textChanged.connect(self._look)
        self.end_undo.toggled.connect(self._look)
        self.end.setText(self.tr("Cancel"))
        self.box.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        self.go.setAutoDefault(False)
        self.arrange(heading, self._body(), (), _SIZE)
        self.end.setDefault(True)

    @Slot()
    def ask(self) -> None:
        self.wanted.emit(GetDeletion(version=self._version))

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case GetDeletion(), DeletionCard():
                self._show(reply)
            case DeleteVersion(), OperationBegun():
                self.accept()
            case _, Failure():
                self.say_failure(reply)
                self._look()

    def _show(self, card: DeletionCard) -> None:
        self._card = card
        version = card.version
        self.card.show_rows(facts(Entry(key=version.id, at=version.card.created_at, version=version)))
        about = self.tr("It goes to the trash for a day. Before that a backup of it is made and read back: {size}.")
        self.about.setText(about.format(size=text.size(card.backup_bytes)))
        parts = []
        if card.used_by:
            parts.append(self.tr("Versions made on it: {versions}.").format(versions=", ".join(card.used_by)))
        if card.undo_reaches:
            parts.append(self.tr("Undo can still go back to it."))
        self.against.setText(" ".join(parts))
        self.against.setVisible(bool(parts))
        refused = bool(card.refusal)
        for widget in (self.prompt, self.typed):
            widget.setVisible(not refused)
        self.end_undo.setVisible(card.undo_reaches and not refused)
        self.say("warning", f"{card.refusal} {card.hint}".strip() if refused else "")
        self._look()
        if not refused:
            self.typed.setFocus()

    @Slot()
    def _look(self) -> None:
        """Only the right id, and where undo reaches it the user's word on that, let the button be pressed."""
        card = self._card
        free = card is not None and not card.refusal and (not card.undo_reaches or self.end_undo.isChecked())
        self.go.setEnabled(free and self.typed.text().strip() == self._version)

    @Slot()
    def _delete(self) -> None:
        self.go.setEnabled(False)
        typed = self.typed.text().strip()
        self.wanted.emit(DeleteVersion(version=self._version, typed=typed, end_undo=self.end_undo.isChecked()))

    def _body(self) -> QWidget:
        inner = QWidget()
        room = QVBoxLayout(inner)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self.card)
        room.addStretch()
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(self.tr("What would go"))
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(scroll, 1)
        for widget in (self.against, self.end_undo, self.prompt, self.typed):
            column.addWidget(widget)
        return body
