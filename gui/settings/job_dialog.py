"""What a file trains with: to be changed as long as it waits, otherwise to be read."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from backend.datasets.visible import visible
from backend.domain.job import ENDED, WAITING, Job
from backend.options import options
from backend.protocol.host import Done, EditJob, Failure, Reply, Request
from gui import format as text
from gui.dialogs.frame import DialogFrame
from gui.queue.columns import state_word
from gui.settings.form import Section, SettingsForm
from gui.theme import ThemeKeeper

_SIZE = QSize(720, 680)


def can_be_edited(job: Job) -> bool:
    """Whether nothing was trained with its settings yet, as far as a window can know; the host has the last word."""
    return job.state in WAITING and not job.step


class JobSettingsDialog(DialogFrame):
    """Of several files the first one's values are shown, and only what is edited is changed in each."""

    stored = Signal(str)
    """What was saved, in words."""

    def __init__(self, jobs: Sequence[Job], theme: ThemeKeeper, parent: QWidget) -> None:
        """Args: jobs: one of any state, or several that can be edited."""
        super().__init__("job-" + "-".join(str(job.id) for job in jobs[:8]), theme, parent)
        self._jobs = {job.id: job for job in jobs}
        self._waiting: list[int] = []
        self._words: list[str] = []
        self.form = SettingsForm(theme)
        self.save = QPushButton(self.tr("Save"))
        self.save.setAutoDefault(False)  # Enter belongs to the search
        QShortcut(QKeySequence("Ctrl+Return"), self, self.save.click)  # its own would go with each new text
        self.save.clicked.connect(self._save)
        self.form.edited.connect(self._count)
        first = jobs[0]
        mixed = {
            name
            for name in first.settings.__struct_fields__
            if any(getattr(job.settings, name) != getattr(first.settings, name) for job in jobs)
        }
        self.form.fill([Section(title="", note="", options=tuple(options(first.settings)))], mixed)
        self._name = visible(first.name) if len(jobs) == 1 else self.tr("{count} files").format(count=f"{len(jobs):,}")
        self._arrange(first, all(can_be_edited(job) for job in jobs))

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case EditJob(job=job), Done(text=words):
                self._words.append(words)
                self._jobs.pop(job, None)  # a second try is only for those that are left
                self._settle(job)
            case EditJob(job=job, changes=changes), Failure(message=message, hint=hint):
                if len(changes) == 1:  # otherwise the message names the one that does not fit
                    self.form.fields[next(iter(changes))].complain(f"{message} {hint}".strip())
                self.say_failure(reply)
                self._settle(job)

    @Slot()
    def _save(self) -> None:
        changes = self.form.changes
        self._waiting = list(self._jobs)
        self.say("info", "")
        self._count()
        for job in self._waiting:
            self.wanted.emit(EditJob(job=job, changes=changes))

    def _settle(self, job: int) -> None:
        self._waiting.remove(job)
        if not self._waiting and not self._jobs:
            one = self._words[0] if len(self._words) == 1 else ""
            self.stored.emit(one or self.tr("The settings of {name} are saved.").format(name=self._name))
            self.accept()
        self._count()

    @Slot()
    def _count(self) -> None:
        count = len(self.form.changes)
        self.save.setEnabled(count > 0 and not self._waiting)
        changes = text.count(count, self.tr("change"), self.tr("changes"))
        self.save.setText(self.tr("Save {changes}").format(changes=changes) if count else self.tr("Save"))

    def _arrange(self, first: Job, editable: bool) -> None:
        heading = self.tr("Settings of {name}").format(name=self._name)
        if editable:
            about = self.tr("For these files alone.") if len(self._jobs) > 1 else self.tr("For this file alone.")
            about += " " + self.tr("A name in bold differs from its default; a dot marks what is not saved yet.")
            self.box.addButton(self.save, QDialogButtonBox.ButtonRole.ApplyRole)
            self.end.setText(self.tr("Cancel"))
        else:
            words = self.tr("Job {id}, {state}. These are the settings it was trained with.")
            if first.state not in ENDED:
                words = self.tr("Job {id}, {state}. Its training has begun, so its settings stay as they are.")
            about = words.format(id=first.id, state=state_word(first))
            self.form.lock()
        self.about.setText(about)
        self.arrange(heading, self.form, (), _SIZE)
        if editable:
            self._count()
