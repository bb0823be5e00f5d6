"""Opens the dialogs that ask the host, each once, gives each its line, and keeps them up to date."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from backend.domain.job import Job
from backend.paths import Home
from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId
from gui.asking import HostLine, HostLines
from gui.daily.dialog import DailyDialog
from gui.dialogs.frame import DialogFrame
from gui.evolution.pin_form import PinForm
from gui.evolution.pins_dialog import PinsDialog
from gui.facts import FactsKeeper
from gui.memory import Memory
from gui.settings.dialog import SettingsDialog
from gui.settings.job_dialog import JobSettingsDialog, can_be_edited
from gui.theme import ThemeKeeper
from gui.trail.dialog import TrailDialog
from gui.worker import TrainingWorker


class Dialogs(QObject):
    """A dialog that is open already comes to the front."""

    told = Signal(str)
    """Something was done in a dialog that has closed."""
    snapshot_wanted = Signal(int, int)
    """Run and step: a dialog points to a snapshot that the tab Evolution shows."""

    def __init__(
        self,
        home: Home,
        facts: FactsKeeper,
        worker: TrainingWorker,
        lines: HostLines,
        theme: ThemeKeeper,
        memory: Memory,
        verbs: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._home = home
        self._facts = facts
        self._worker = worker
        self._lines = lines
        self._theme = theme
        self._memory = memory
        self._verbs = verbs
        self._window = window

    @Slot()
    def show_settings(self) -> None:
        if self._raised("settings"):
            return
        dialog = SettingsDialog(self._theme, self._window)
        self._line(dialog).answered.connect(dialog.answer)
        self._worker.opened.connect(dialog.ask)
        dialog.stored.connect(self.told)
        dialog.ask()
        self._show(dialog)

    def show_job_settings(self, jobs: Sequence[Job]) -> None:
        """Of one file in any state; of several only those that can still be changed."""
        subject = [job for job in jobs if can_be_edited(job)] or list(jobs[:1])
        if not subject:
            return
        dialog = JobSettingsDialog(subject, self._theme, self._window)
        if self._raised(dialog.objectName()):
            dialog.deleteLater()
            return
        self._line(dialog).answered.connect(dialog.answer)
        dialog.stored.connect(self.told)
        self._show(dialog)

    @Slot()
    def show_queue_history(self) -> None:
        self._show_trail(None)

    def show_job_history(self, job: Job) -> None:
        self._show_trail(job)

    @Slot()
    def show_consolidation(self) -> None:
        from gui.consolidation.dialog import ConsolidateDialog  # it shows differences, whose library takes its time

        if self._raised("consolidate"):
            return
        dialog = ConsolidateDialog(self._theme, self._window)
        self._line(dialog).answered.connect(dialog.answer)
        self._worker.operation_changed.connect(dialog.learn)
        self._worker.head_changed.connect(dialog.refresh)
        self._worker.opened.connect(dialog.ask)
        dialog.history_wanted.connect(self.show_version)
        dialog.ask()
        self._show(dialog)

    @Slot()
    def show_history(self) -> None:
        self.show_version("")

    @Slot(str)
    def show_version(self, version: str) -> None:
        """The history, at this version; an empty one leaves the choice as it is."""
        from gui.history.dialog import HistoryDialog  # like the one of consolidation

        found = self._window.findChild(HistoryDialog)
        if found is not None and self._raised("history"):
            found.choose(version)
            return
        undo, redo = self._verbs[ActionId.UNDO_TRAINING], self._verbs[ActionId.REDO_TRAINING]
        dialog = HistoryDialog(self._home.root, undo, redo, self._theme, self._window)
        worker = self._worker
        self._line(dialog).answered.connect(dialog.answer)
        for changed in (worker.head_changed, worker.versions_changed, worker.moves_changed, worker.opened):
            changed.connect(dialog.refresh)
        worker.operation_changed.connect(dialog.learn)
        worker.run_changed.connect(dialog.preview.learn_run)
        dialog.preview.snapshot_wanted.connect(self.snapshot_wanted)
        dialog.comparison_wanted.connect(self.show_versions_compared)
        dialog.deletion_wanted.connect(self.show_deletion)
        dialog.choose(version)
        self._facts.changed.connect(dialog.learn_facts)
        dialog.learn_facts(self._facts.now)
        dialog.ask()
        self._show(dialog)

    @Slot(str, str)
    def show_versions_compared(self, one: str, other: str) -> None:
        from gui.history.compared import VersionsCompared  # like the history

        dialog = VersionsCompared(one, other, self._theme, self._window)
        self._line(dialog).answered.connect(dialog.answer)
        dialog.ask()
        self._show(dialog)

    @Slot(str)
    def show_deletion(self, version: str) -> None:
        from gui.history.deletion import DeletionDialog  # like the history

        dialog = DeletionDialog(version, self._theme, self._window)
        self._line(dialog).answered.connect(dialog.answer)
        dialog.ask()
        self._show(dialog)

    @Slot()
    def show_backups(self) -> None:
        from gui.backups.dialog import BackupsDialog  # like the history

        if self._raised("backups"):
            return
        dialog = BackupsDialog(self._verbs[ActionId.SETTINGS], self._theme, self._window)
        worker = self._worker
        self._line(dialog).answered.connect(dialog.answer)
        for changed in (worker.backups_changed, worker.opened):
            changed.connect(dialog.ask)
        worker.trash_changed.connect(dialog.ask_for_trash)
        self.told.connect(dialog.ask)  # another second place, perhaps
        worker.operation_changed.connect(dialog.learn)
        self._facts.changed.connect(dialog.learn_facts)
        dialog.learn_facts(self._facts.now)
        dialog.ask()
        self._show(dialog)

    def show_compare(self, run: int | None) -> None:
        """Begin with the first and the last stage of this run; None takes the newest."""
        from gui.evolution.compare import CompareDialog  # its figures need numpy: the first paint does not wait for it

        if self._raised("compare"):
            return
        dialog = CompareDialog(run, self._theme, self._window)
        self._line(dialog).answered.connect(dialog.answer)
        self._worker.run_changed.connect(dialog.learn_run)
        self._worker.opened.connect(dialog.ask)
        dialog.ask()
        self._show(dialog)

    @Slot()
    def show_dailies(self) -> None:
        if self._raised("daily"):
            return
        dialog = DailyDialog(self._theme, self._window)
        self._line(dialog).answered.connect(dialog.answer)
        self._worker.daily_taken.connect(dialog.learn_taken)
        self._worker.noticed.connect(dialog.learn_notice)
        self._worker.opened.connect(dialog.ask)
        dialog.ask()
        self._show(dialog)

    @Slot()
    def show_pins(self) -> None:
        if self._raised("pins"):
            return
        dialog = PinsDialog(self._theme, self._window)
        self._line(dialog).answered.connect(dialog.answer)
        self._worker.pins_changed.connect(dialog.learn_pins)
        self._worker.opened.connect(dialog.ask)
        dialog.form_wanted.connect(self.show_pin_form)
        dialog.ask()
        self._show(dialog)

    @Slot()
    def show_pin_form(self) -> None:
        if self._raised("pin-form"):
            return
        form = PinForm(self._theme, self._window)
        self._line(form).answered.connect(form.answer)
        self._show(form)

    def _show_trail(self, job: Job | None) -> None:
        if self._raised("trail" if job is None else f"trail-{job.id}"):
            return
        dialog = TrailDialog(job, self._theme, self._window)
        self._line(dialog).answered.connect(dialog.answer)
        for happened in (self._worker.jobs_changed, self._worker.noticed, self._worker.status_changed):
            happened.connect(dialog.refresh)
        dialog.ask()
        self._show(dialog)

    def _line(self, dialog: DialogFrame) -> HostLine:
        line = self._lines.give(dialog)
        dialog.wanted.connect(line.ask)
        return line

    def _raised(self, name: str) -> bool:
        found = next((one for one in self._window.findChildren(DialogFrame, name) if one.isVisible()), None)
        if found is None:
            return False
        found.raise_()
        found.activateWindow()
        return True

    def _show(self, dialog: DialogFrame) -> None:
        """At the place and size that it had the last time."""
        kind = dialog.objectName().partition("-")[0]
        if (geometry := self._memory.layout(f"dialog-{kind}")) is not None:
            dialog.restoreGeometry(geometry)
        dialog.finished.connect(self._remember)
        dialog.show()

    @Slot()
    def _remember(self) -> None:
        dialog = self.sender()
        if isinstance(dialog, DialogFrame):
            self._memory.keep_layout(f"dialog-{dialog.objectName().partition('-')[0]}", dialog.saveGeometry())
