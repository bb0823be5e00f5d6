"""What can be done with one version, as buttons; one that cannot be pressed says why."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from backend.domain.version import Condition, Version
from gui.facts import Facts
from gui.operations import words


class VersionVerbs(QWidget):
    """They speak of the version that is chosen; whoever shows them knows which."""

    restore_wanted = Signal()
    backup_wanted = Signal()
    verify_wanted = Signal()
    delete_wanted = Signal()
    export_wanted = Signal(bool)
    """Whether the adapter alone."""

    def __init__(self) -> None:
        super().__init__()
        self._version: Version | None = None
        self._facts = Facts()
        self.restore = _button(self.tr("Restore…"))
        self.back_up = _button(self.tr("Back up"))
        self.verify = _button(self.tr("Verify"))
        self.export = _button(self.tr("Export"))
        self.delete = _button(self.tr("Delete…"))
        menu = QMenu(self.export)
        self.export_whole = menu.addAction(self.tr("The whole model…"))
        self.export_adapter = menu.addAction(self.tr("The adapter alone…"))
        self.export.setMenu(menu)
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in (self.restore, self.back_up, self.verify, self.export, self.delete):
            row.addWidget(button)
        row.addStretch()
        self.restore.clicked.connect(self.restore_wanted)
        self.back_up.clicked.connect(self.backup_wanted)
        self.verify.clicked.connect(self.verify_wanted)
        self.delete.clicked.connect(self.delete_wanted)
        self.export_whole.triggered.connect(self._export_whole)
        self.export_adapter.triggered.connect(self._export_adapter)

    def show_version(self, version: Version | None) -> None:
        self._version = version
        self._follow()

    def learn_facts(self, facts: Facts) -> None:
        self._facts = facts
        self._follow()

    def _follow(self) -> None:
        busy = "" if self._facts.operation is None else words.must_wait(self._facts.operation)
        tips = {
            self.restore: self.tr("The model in training becomes this version; the present one is kept"),
            self.back_up: self.tr("Copy it, read the copy back from disk, and load it once"),
            self.verify: self.tr("Read every byte back from disk"),
            self.export: self.tr("Copy it to a folder of your choice"),
            self.delete: self.tr("Shows what would go; a backup of it is made first"),
        }
        for button, tip in tips.items():
            why = busy or (self._why_not_restored() if button is self.restore else "")
            button.setEnabled(self._version is not None and not why)
            button.setToolTip(why or tip)

    def _why_not_restored(self) -> str:
        if self._facts.busy:
            return self.tr("A file is in training, and the model changes with it. Pause or stop it first.")
        if self._version is not None and self._version.condition is Condition.DAMAGED:
            return self.tr("It is damaged. Restore it from a backup.")
        return ""

    @Slot()
    def _export_whole(self) -> None:
        self.export_wanted.emit(False)

    @Slot()
    def _export_adapter(self) -> None:
        self.export_wanted.emit(True)


def _button(words: str) -> QToolButton:
    made = QToolButton()
    made.setText(words)
    return made
