"""Restoring a backup: what happens, from which copy; a damaged one is refused, and others are offered."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QDialogButtonBox, QFormLayout, QPushButton, QVBoxLayout, QWidget

from backend.datasets.visible import visible
from backend.domain.backup import Backup, Place, Subject
from backend.protocol.host import Failure, Reply, Request
from backend.protocol.keeping import OperationBegun, RestoreBackup
from gui import format as text
from gui.backups.columns import copy_words, is_whole, tr, what
from gui.calm import CalmComboBox
from gui.dialogs.fact_grid import FactGrid
from gui.dialogs.frame import DialogFrame
from gui.theme import ThemeKeeper
from gui.translating import QT_TRANSLATE_NOOP

_SIZE = QSize(600, 340)
_HAPPENS = {
    Subject.HEAD: QT_TRANSLATE_NOOP(
        "backups",
        "The model in training becomes what the backup holds: adapter, optimizer and position. The present one is "
        "kept, and Undo goes back to it.",
    ),
    Subject.VERSION: QT_TRANSLATE_NOOP(
        "backups",
        "It comes back as a version of its own with a new number; no other is changed, and the model in training stays "
        "as it is.",
    ),
    Subject.CHECKPOINT: QT_TRANSLATE_NOOP("backups", "It comes back as a checkpoint of its own; nothing else changes."),
    Subject.DAILY: QT_TRANSLATE_NOOP("backups", "It comes back as a daily snapshot; nothing else changes."),
    Subject.BASE: QT_TRANSLATE_NOOP("backups", "It comes back into the library; nothing else changes."),
    Subject.EVOLUTION: QT_TRANSLATE_NOOP("backups", "Its snapshots come back; nothing else changes."),
}


class RestoringDialog(DialogFrame):
    """Nothing is written over: what comes back is an artefact of its own."""

    def __init__(self, backup: Backup, every: Sequence[Backup], theme: ThemeKeeper, parent: QWidget) -> None:
        """Args: every: all backups, oldest first; those of the same thing are offered where this one is damaged."""
        super().__init__("restoring", theme, parent)
        self.setModal(True)
        self.choice, self.place = CalmComboBox(), CalmComboBox()
        self._every = tuple(every)
        self._first = backup
        self.facts = FactGrid()
        self._form = QFormLayout()
        self.go = QPushButton(self.tr("Restore"))
        self.go.setAutoDefault(False)
        self.go.clicked.connect(self._begin)
        self.end.setText(self.tr("Cancel"))
        self.box.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        self.arrange(self.tr("Restore {what}").format(what=what(backup.card)), self._body(), (), _SIZE)
        self.end.setDefault(True)
        self._fill()
        self.choice.currentIndexChanged.connect(self._follow)
        self._follow()

    @property
    def backup(self) -> Backup:
        """The one that would be restored."""
        wanted = self.choice.currentData()
        return next((one for one in self._every if one.id == wanted), self._first)

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case RestoreBackup(), OperationBegun():
                self.accept()
            case RestoreBackup(), Failure():
                self.say_failure(reply)
                self.go.setEnabled(True)

    def _fill(self) -> None:
        card = self._first.card
        alike = [one for one in self._every if (one.card.subject, one.card.of) == (card.subject, card.of)]
        for one in reversed(alike):
            usable = is_whole(one.here) or is_whole(one.second)
            said = "" if usable else f" ({self.tr('damaged')})"
            self.choice.addItem(f"{text.moment(one.card.created_at)}{said}", one.id)
        self.choice.setCurrentIndex(max(0, self.choice.findData(self._first.id)))

    @Slot()
    def _follow(self) -> None:
        backup = self.backup
        copies = self.tr("here: {here}; second place: {second}")
        self.facts.show_rows(
            (
                (self.tr("What happens"), tr(_HAPPENS[backup.card.subject])),
                (self.tr("Reason"), visible(backup.card.reason)),
                (self.tr("Copies"), copies.format(here=copy_words(backup.here), second=copy_words(backup.second))),
            )
        )
        self.place.clear()
        if is_whole(backup.here) and is_whole(backup.second):
            self.place.addItem(self.tr("The first that verifies"), None)
        if is_whole(backup.here):
            self.place.addItem(self.tr("Here"), Place.HOME.value)
        if is_whole(backup.second):
            self.place.addItem(self.tr("The second place"), Place.SECOND.value)
        self._form.setRowVisible(self.place, self.place.count() > 1)
        self.go.setEnabled(self.place.count() > 0)
        self.say("error" if self._wrong(backup) else "info", self._wrong(backup))

    def _wrong(self, backup: Backup) -> str:
        """Why it cannot be restored, and which could be instead."""
        if is_whole(backup.here) or is_whole(backup.second):
            return ""
        messages = [state.message for state in (backup.here, backup.second) if state is not None and state.message]
        others = [
            one
            for one in self._every
            if (one.card.subject, one.card.of) == (backup.card.subject, backup.card.of)
            and (is_whole(one.here) or is_whole(one.second))
        ]
        there = self.tr("Choose another: {count} of it are whole.").format(count=len(others))
        none = self.tr("There is no other backup of it.")
        damaged = self.tr("This backup is damaged and is not restored.")
        return " ".join([damaged, *messages, there if others else none])

    @Slot()
    def _begin(self) -> None:
        self.go.setEnabled(False)
        self.say("info", "")
        chosen = self.place.currentData()
        place = None if chosen is None else Place(chosen)
        self.wanted.emit(RestoreBackup(backup=self.backup.id, place=place))

    def _body(self) -> QWidget:
        self.choice.setAccessibleName(self.tr("Backup"))
        self.place.setAccessibleName(self.tr("From which copy"))
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow(self.tr("&Made"), self.choice)
        self._form.addRow(self.tr("&From"), self.place)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.facts)
        column.addLayout(self._form)
        column.addStretch()
        return body
