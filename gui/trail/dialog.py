"""The audit trail of one file or of the whole queue, newest first, as it grows."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, QTimer, Slot
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from backend import files
from backend.datasets.visible import visible
from backend.domain.entry import Entry
from backend.domain.job import Job
from backend.errors import UserError
from backend.protocol.host import Failure, GetHistory, HistoryReply, Reply
from gui import format as text
from gui.dialogs.frame import DialogFrame
from gui.table.export import as_csv
from gui.table.model import TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper
from gui.trail.columns import CONTEXT, OF_ALL, OF_ONE

PAGE = 2_000
"""Entries that are asked for at once."""
_SETTLE_MS = 200
_SIZE = QSize(900, 600)


class TrailDialog(DialogFrame):
    """Asks for what is newer when something happens, and for what is older when the user wants it."""

    def __init__(self, job: Job | None, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("trail" if job is None else f"trail-{job.id}", theme, parent)
        heading = self.tr("Queue history")
        if job is not None:
            heading = self.tr("History of {name}").format(name=visible(job.name))
        self._job = None if job is None else job.id
        self._entries: tuple[Entry, ...] = ()
        self._unanswered = False
        """The host said no, or was not there, the last time."""
        model = TableModel(OF_ALL if job is None else OF_ONE, CONTEXT, lambda entry: entry.id, theme, self)
        self.table = TablePanel(model, heading, self.tr("Nothing has happened yet."))
        self.older = QPushButton(self.tr("Show older"))
        self.copy = QPushButton(self.tr("Copy"))
        self.export = QPushButton(self.tr("Export CSV…"))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.ask)
        self.older.clicked.connect(self._ask_older)
        self.copy.clicked.connect(self.table.copy)
        self.export.clicked.connect(self._choose_file)
        self.table.chosen.connect(self._follow_selection)
        self.older.hide()
        self._follow_selection()
        self.arrange(heading, self.table, (self.copy, self.export, self.older), _SIZE)

    @Slot()
    def ask(self) -> None:
        """For everything that is newer than what is shown."""
        newest = self._entries[0].id if self._entries else 0
        self.wanted.emit(GetHistory(job=self._job, last=PAGE, after=newest))

    @Slot()
    def refresh(self) -> None:
        """Something happened: ask, but not for each of many things."""
        if not self._settle.isActive():
            self._settle.start()

    @Slot(object, object)
    def answer(self, request: GetHistory, reply: Reply) -> None:
        match reply:
            case HistoryReply(entries=entries):
                self._take(request, entries[::-1])
                if self._unanswered:
                    self._unanswered = False
                    self.say("info", "")
            case Failure():
                self._unanswered = True
                self.say_failure(reply)

    def save(self, path: Path) -> None:
        """The rows that pass the filter, with their titles, as CSV."""
        titles = [QCoreApplication.translate(CONTEXT, column.title) for column in self.table.model.columns]
        rows = [titles, *(self.table.cells(entry) for entry in self.table.passing())]
        try:
            files.write(path, as_csv(rows))
        except (UserError, OSError) as error:
            self.say("error", self.tr("{path} cannot be written: {why}").format(path=path, why=error))
            return
        entries = text.count(len(rows) - 1, self.tr("entry"), self.tr("entries"))
        self.say("info", self.tr("{entries} saved to {path}.").format(entries=entries, path=path))

    def _take(self, request: GetHistory, fresh: tuple[Entry, ...]) -> None:
        """Newest first. Where a page is full, older ones are left behind it."""
        full = len(fresh) == request.last
        if request.before is not None:
            self._entries += tuple(one for one in fresh if not self._entries or one.id < self._entries[-1].id)
            self.older.setVisible(full)
        elif full:  # there may be a gap to what was shown: begin anew from the newest
            self._entries = fresh
            self.older.show()
        else:
            newest = self._entries[0].id if self._entries else 0
            self._entries = (*(one for one in fresh if one.id > newest), *self._entries)
        self.table.model.show(self._entries)
        self._sum_up()

    def _sum_up(self) -> None:
        entries = text.count(len(self._entries), self.tr("entry"), self.tr("entries"))
        words = self.tr("{entries}, the newest first.")
        if not self.older.isHidden():
            words = self.tr("The newest {entries}; the filter looks through these.")
        self.about.setText(words.format(entries=entries))

    @Slot()
    def _ask_older(self) -> None:
        self.wanted.emit(GetHistory(job=self._job, last=PAGE, before=self._entries[-1].id))

    @Slot()
    def _follow_selection(self) -> None:
        self.copy.setEnabled(bool(self.table.selected()))

    @Slot()
    def _choose_file(self) -> None:
        chooser = QFileDialog(self, self.tr("Export the history"), "", self.tr("CSV files (*.csv)"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("csv")
        chooser.selectFile("queue-history.csv" if self._job is None else f"job-{self._job}-history.csv")
        chooser.fileSelected.connect(self._save_as)
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    @Slot(str)
    def _save_as(self, name: str) -> None:
        self.save(Path(name))
