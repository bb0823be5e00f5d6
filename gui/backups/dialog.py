"""Backups as a list with the state of each copy; made, verified, restored and cleaned up from here; and the trash."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QToolButton, QVBoxLayout, QWidget

from backend.datasets.visible import visible
from backend.domain.operation import Operation, OperationState
from backend.protocol.host import Done, Failure, Reply, Request
from backend.protocol.keeping import (
    BackupsReply,
    CancelOperation,
    CleanUpBackups,
    CreateBackup,
    ListBackups,
    OperationBegun,
    RestoreBackup,
    TrashReply,
    VerifyBackups,
)
from gui import format as text
from gui.backups.cleaning import CleaningDialog
from gui.backups.columns import COLUMNS, CONTEXT, BackupRow, rows
from gui.backups.creating import CreatingDialog
from gui.backups.restoring import RestoringDialog
from gui.backups.trash import TrashPanel
from gui.dialogs.fact_grid import plain
from gui.dialogs.frame import DialogFrame
from gui.facts import Facts
from gui.operations import words
from gui.operations.strip import OperationStrip
from gui.table.model import TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper

_SIZE = QSize(1180, 600)


class BackupsDialog(DialogFrame):
    """Follows facts: a backup is there when it was read back, not when it was asked for."""

    def __init__(self, settings: QAction, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("backups", theme, parent)
        heading = self.tr("Backups")
        self._reply: BackupsReply | None = None
        self._rows: list[BackupRow] = []
        self._facts = Facts()
        model = TableModel(COLUMNS, CONTEXT, lambda row: row.backup.sequence, theme, self)
        nothing = self.tr("No backup yet. One is made before each consolidation and each deletion, or by hand.")
        self.table = TablePanel(model, heading, nothing)
        self.trash = TrashPanel(theme)
        self.strip = OperationStrip()
        self.second = plain("")
        self.settings = QToolButton()
        self.settings.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.settings.setDefaultAction(settings)
        self.make = QPushButton(self.tr("Create…"))
        self.verify = QPushButton(self.tr("Verify"))
        self.restore = QPushButton(self.tr("Restore…"))
        self.clean = QPushButton(self.tr("Clean up…"))
        self.tabs = QTabWidget()
        self._connect()
        self.arrange(heading, self._body(), (), _SIZE)
        self._follow()

    @Slot()
    def ask(self) -> None:
        self.wanted.emit(ListBackups())
        self.trash.ask()

    @Slot()
    def ask_for_trash(self) -> None:
        self.trash.ask()

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        for creating in self.findChildren(CreatingDialog):
            creating.answer(request, reply)
        for restoring in self.findChildren(RestoringDialog):
            restoring.answer(request, reply)
        match request, reply:
            case _, BackupsReply():
                self._show(reply)
            case _, TrashReply():
                self.trash.show_reply(reply)
            case _, OperationBegun(operation=operation):
                self.say("info", "")
                self.strip.learn(operation)
            case ((CreateBackup() | RestoreBackup()), Failure()):
                pass  # said where it was asked
            case CancelOperation(), Done():
                pass
            case _, Done(text=done):
                self.say("info", done)
                self.trash.ask()
            case _, Failure():
                self.say_failure(reply)

    @Slot(object)
    def learn(self, operation: Operation) -> None:
        self.strip.learn(operation)
        if operation.state is not OperationState.RUNNING:
            self.say("error" if operation.state is OperationState.FAILED else "info", words.ended(operation))

    @Slot(object)
    def learn_facts(self, facts: Facts) -> None:
        self._facts = facts
        self.strip.learn(facts.operation)
        self._follow()

    def _show(self, reply: BackupsReply) -> None:
        self._reply = reply
        self._rows = rows(reply)
        self.table.model.show(self._rows)
        backups = text.count(len(self._rows), self.tr("backup"), self.tr("backups"))
        size = text.size(sum(row.backup.card.bytes for row in self._rows))
        going = self.tr("{count} would go when cleaned up").format(count=f"{len(reply.going):,}")
        self.about.setText(f"{backups}, {size}; {going}." if self._rows else "")
        self.second.setText(self._second_words(reply))
        self._follow()

    def _second_words(self, reply: BackupsReply) -> str:
        if not reply.second_location:
            return self.tr("No second place is set: a copy on another disk survives the loss of this one.")
        place = self.tr("Second place: {folder}.").format(folder=visible(reply.second_location))
        return f"{place} {reply.second_problem}".strip()

    @Slot()
    def _follow(self) -> None:
        busy = "" if self._facts.operation is None else words.must_wait(self._facts.operation)
        chosen = self.table.selected()
        one = "" if len(chosen) == 1 else self.tr("Select one backup")
        some = "" if self._rows else self.tr("There is no backup")
        verify = self.tr("Read the selected ones back from disk and load them; with none selected all, in both places")
        for button, why, tip in (
            (self.make, busy, self.tr("Copy, read back from disk, load once")),
            (self.verify, busy or some, verify),
            (self.restore, busy or one, self.tr("Shows what happens before anything does")),
            (self.clean, busy or some, self.tr("Shows what would go before anything does, and why the others stay")),
        ):
            button.setEnabled(not why)
            button.setToolTip(why or tip)
        self.verify.setText(self.tr("Verify {count}").format(count=len(chosen)) if chosen else self.tr("Verify all"))

    @Slot()
    def _create(self) -> None:
        dialog = CreatingDialog(self.theme, self)
        dialog.wanted.connect(self.wanted)
        dialog.open()

    @Slot()
    def _verify(self) -> None:
        self.wanted.emit(VerifyBackups(backups=tuple(row.id for row in self.table.selected())))

    @Slot()
    def _restore(self) -> None:
        for row in self.table.selected()[:1]:
            every = [one.backup for one in reversed(self._rows)]
            dialog = RestoringDialog(row.backup, every, self.theme, self)
            dialog.wanted.connect(self.wanted)
            dialog.open()

    @Slot()
    def _show_cleaning(self) -> None:
        question = CleaningDialog(self._rows, self.theme, self)
        question.confirmed.connect(self._clean)
        question.open()

    @Slot(object)
    def _clean(self, backups: tuple[str, ...]) -> None:
        self.wanted.emit(CleanUpBackups(backups=backups))

    @Slot(object)
    def _cancel(self, operation: int) -> None:
        self.wanted.emit(CancelOperation(operation=operation))

    @Slot(int)
    def _count_trash(self, count: int) -> None:
        name = self.tr("Trash ({count})").format(count=f"{count:,}") if count else self.tr("Trash")
        self.tabs.setTabText(1, name)

    def _connect(self) -> None:
        self.table.chosen.connect(self._follow)
        self.trash.wanted.connect(self.wanted)
        self.trash.counted.connect(self._count_trash)
        self.strip.cancel_wanted.connect(self._cancel)
        self.make.clicked.connect(self._create)
        self.verify.clicked.connect(self._verify)
        self.restore.clicked.connect(self._restore)
        self.clean.clicked.connect(self._show_cleaning)

    def _body(self) -> QWidget:
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        verbs, place = QHBoxLayout(), QHBoxLayout()
        for button in (self.make, self.verify, self.restore, self.clean):
            button.setAutoDefault(False)
            verbs.addWidget(button)
        verbs.addStretch()
        place.addWidget(self.second, 1)
        place.addWidget(self.settings)
        column.addWidget(self.table, 1)
        column.addLayout(verbs)
        column.addLayout(place)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(listed, self.tr("Backups"))
        self.tabs.addTab(self.trash, self.tr("Trash"))
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self.tabs, 1)
        whole.addWidget(self.strip)
        return body
