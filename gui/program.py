"""Builds the parts of the window, hands them to each other, and connects what they say."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QThread, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox, QSystemTrayIcon

from backend.domain.job import Job
from backend.domain.status import Status
from backend.host import Host
from backend.paths import Home
from gui.actions.catalogue import ActionId
from gui.asking import HostLines
from gui.choosing import FileChoice
from gui.closing import Closing, Phase
from gui.dialogs.opener import Dialogs
from gui.facts import FactsKeeper
from gui.intake import Drop, Intake
from gui.live.loading import PlotLibrary
from gui.live.mark import Mark
from gui.live.snapshots import JobSnapshots
from gui.log.diagnostics import diagnostics
from gui.main_window import MainWindow
from gui.memory import Memory
from gui.news import News
from gui.notifications import Notifications, wanted_in
from gui.operations.watch import OperationWatch
from gui.preview.opener import Previews
from gui.queue.drops import Drops, Twin
from gui.queue.removals import Removals
from gui.queue.twins import TwinQuestion
from gui.queue.verbs import QueueVerbs
from gui.reason import Reasons
from gui.snapshotting import Snapshotting
from gui.starter import Starter
from gui.theme import ThemeKeeper
from gui.tray.hiding import Hiding
from gui.tray.icon import Tray
from gui.undoing import Undoing
from gui.worker import TrainingWorker, open_home

_LOG_LINES_COPIED = 300
_REOPEN_MS = 500


class Program(QObject):
    """One window on one home. Nothing heavy is loaded before the first paint."""

    opening = Signal()
    gone = Signal()
    """The window is closed, the threads have ended, everything is saved."""

    def __init__(
        self,
        app: QApplication,
        home: Home,
        opener: Callable[[Home], Host] = open_home,
        tray_there: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__(app)
        memory = Memory(home)
        self.theme = ThemeKeeper(app, memory.theme)
        self.facts = FactsKeeper(self)
        self.window = MainWindow(self.theme, memory)
        self.worker = TrainingWorker(home, opener)
        self.intake = Intake(home)
        self.drops = Drops(self)
        self.starter = Starter(self.facts, self)
        self.tray = Tray(self.window, self.window.verbs, tray_there)
        self.hiding = Hiding(self.window, self.tray, memory)
        self.notifications = Notifications(self.window, self.tray.say, lambda: wanted_in(home))
        self.closing = Closing(self.window, tray_there)
        self.previews = Previews(home, self.theme, self.window)
        self._news = News(self.window.banner, self.window.log, self.facts, self.window.verbs)
        self._removals = Removals(self)
        self._queue_verbs = QueueVerbs(self.window.queue, self._removals)
        self._twins = TwinQuestion(self.window)
        self._choice = FileChoice(self.window)
        self._reasons = Reasons(self.window, self.window.verbs)
        self._lines = HostLines(self.worker, self)
        self.dialogs = Dialogs(
            home, self.facts, self.worker, self._lines, self.theme, memory, self.window.verbs, self.window
        )
        undo, redo = (self.window.verbs[verb] for verb in (ActionId.UNDO_TRAINING, ActionId.REDO_TRAINING))
        self.undoing = Undoing(self.window.banner, self.window.log, undo, redo)
        self.job_snapshots = JobSnapshots(self)
        self._watch = OperationWatch(self.window.banner, self.window.log)
        self._snapshotting = Snapshotting(self.window.banner, self.window.log, self.job_snapshots)
        self._early: tuple[Drop, ...] = ()
        self._training_thread = self._thread("training", self.worker)
        self._intake_thread = self._thread("intake", self.intake)
        self._plot_library = PlotLibrary(self)
        self._connect_worker()
        self._connect_drops()
        self._connect_verbs()
        self._connect_removals()
        self._connect_undoing()
        self._connect_evolution()
        self._connect_snapshots()
        self._connect_operations()
        self._connect_closing()
        self._connect_tray()

    def show(self, files: Sequence[Path] = (), demo: bool = False) -> None:
        """Show the window; host, plot library and the files named at the start follow after the first paint."""
        self._early = (Drop(files=tuple(files)),) if files else ()
        if demo:
            self.starter.prepare_demo()
        self.window.painted.connect(self._load, Qt.ConnectionType.QueuedConnection)
        self.window.show()

    @Slot(object)
    def open_files(self, paths: tuple[Path, ...]) -> None:
        """The desktop opens files with this program: as if they had been dropped, or named at the start."""
        if not self.facts.now.open:
            self._early = (*self._early, Drop(files=paths))
            return
        self.hiding.show()
        self._drop(paths)

    @Slot()
    def end_session(self) -> None:
        """The desktop session ends as soon as this returns, so it returns when everything is saved."""
        if self.closing.phase is Phase.GONE:
            return
        loop = QEventLoop()
        self.gone.connect(loop.quit)
        self.closing.now()
        loop.exec()

    def _thread(self, name: str, worker: QObject) -> QThread:
        thread = QThread(self)
        thread.setObjectName(name)
        worker.moveToThread(thread)
        return thread

    def _connect_worker(self) -> None:
        worker, window, news = self.worker, self.window, self._news
        self.opening.connect(worker.open)
        worker.opened.connect(self._opened)
        worker.status_changed.connect(self.facts.learn_status)
        worker.jobs_listed.connect(self._learn_jobs)
        worker.jobs_listed.connect(self.starter.look_at_queue)
        worker.jobs_changed.connect(self._learn_jobs)
        worker.jobs_changed.connect(self._removals.learn)
        worker.head_changed.connect(self.starter.learn_head)
        worker.head_changed.connect(news.head)
        worker.head_changed.connect(news.offer_model)
        worker.model_added.connect(self.starter.added)
        worker.started.connect(window.live.begin)
        worker.metrics.connect(window.live.add_steps)
        worker.held_out.connect(window.live.add_held_out)
        worker.noticed.connect(news.notice)
        worker.logged.connect(news.logged)
        worker.checkpoint_saved.connect(news.saved)
        worker.saved.connect(news.save_answered)
        worker.prepared.connect(news.prepared)
        worker.activity.connect(news.activity)
        worker.finished.connect(news.finished)
        worker.refused.connect(news.refusal)
        worker.refused.connect(self.starter.refused)
        worker.lost.connect(news.lost)
        worker.lost.connect(self._lost)
        self.facts.changed.connect(window.show_facts)
        self.starter.requested.connect(worker.request)
        self.starter.adding.connect(news.adding_starter)

    def _connect_drops(self) -> None:
        drops, intake, line = self.drops, self.intake, self._lines.give(self.drops)
        self.window.dropped.connect(self._drop)
        self.starter.sample_wanted.connect(drops.begin)
        drops.wanted.connect(intake.take)
        intake.copying.connect(self._news.copying)
        intake.copying.connect(drops.follow)
        intake.taken.connect(drops.take)
        intake.refused.connect(drops.refuse)
        intake.ended.connect(drops.end)
        drops.asked.connect(line.ask)
        line.answered.connect(drops.settle)
        drops.answered.connect(self._news.answered)
        drops.doubtful.connect(self._ask_about)
        drops.moved.connect(self.closing.learn_copied)
        self._twins.wanted.connect(drops.queue_twice)
        self.window.banner.details_wanted.connect(self._show_details)

    def _connect_verbs(self) -> None:
        slots: dict[ActionId, Callable[[], None]] = {
            ActionId.START: self.worker.start,
            ActionId.RESUME: self.worker.resume,
            ActionId.PAUSE: self.worker.pause,
            ActionId.STOP: self.worker.stop,
            ActionId.SKIP: self.worker.skip,
            ActionId.SAVE: self.worker.save,
            ActionId.SNAPSHOT: self._snapshotting.take,
            ActionId.ADD_FILES: self._choice.choose,
            ActionId.PREVIEW_FILE: self._choice.choose_preview,
            ActionId.PREVIEW: self._preview_selected,
            ActionId.TRY_SAMPLE: self.starter.try_sample,
            ActionId.ADD_STARTER: self.starter.add_model,
            ActionId.TO_HIGH: self._queue_verbs.to_high,
            ActionId.TO_NORMAL: self._queue_verbs.to_normal,
            ActionId.TO_LOW: self._queue_verbs.to_low,
            ActionId.MOVE_TOP: self._queue_verbs.move_top,
            ActionId.MOVE_UP: self._queue_verbs.move_up,
            ActionId.MOVE_DOWN: self._queue_verbs.move_down,
            ActionId.MOVE_BOTTOM: self._queue_verbs.move_bottom,
            ActionId.RETRY: self._queue_verbs.retry,
            ActionId.REMOVE: self._queue_verbs.remove,
            ActionId.UNDO_REMOVAL: self._removals.undo,
            ActionId.COPY: self._queue_verbs.copy,
            ActionId.COPY_DIAGNOSTICS: self._copy_diagnostics,
            ActionId.SHOW_WINDOW: self.hiding.show,
            ActionId.UNDO_TRAINING: self.undoing.undo,
            ActionId.REDO_TRAINING: self.undoing.redo,
            ActionId.SETTINGS: self.dialogs.show_settings,
            ActionId.JOB_SETTINGS: self._show_job_settings,
            ActionId.JOB_HISTORY: self._show_job_history,
            ActionId.QUEUE_HISTORY: self.dialogs.show_queue_history,
            ActionId.COMPARE_STAGES: self._compare_stages,
            ActionId.CONSOLIDATE: self.dialogs.show_consolidation,
            ActionId.HISTORY: self.dialogs.show_history,
            ActionId.BACKUPS: self.dialogs.show_backups,
            ActionId.DAILY: self.dialogs.show_dailies,
            ActionId.PINS: self.dialogs.show_pins,
            ActionId.QUIT: self.closing.ask,
        }
        for verb, slot in slots.items():
            self.window.verbs[verb].triggered.connect(slot)
        self._queue_verbs.requested.connect(self.worker.request)
        self._reasons.requested.connect(self.worker.request)
        self.window.queue.selected.connect(self.facts.learn_selection)
        self.window.queue.counted.connect(self.facts.learn_count)
        self.window.queue.view.opened.connect(self.previews.show)
        self.window.queue.model.placed.connect(self._queue_verbs.place)
        self.previews.add_wanted.connect(self._drop)
        self._choice.chosen.connect(self._drop)
        self._choice.preview_wanted.connect(self.previews.show)
        self.dialogs.told.connect(self._news.told)

    def _connect_removals(self) -> None:
        removals, news, line = self._removals, self._news, self._lines.give(self._removals)
        removals.asked.connect(line.ask)
        line.answered.connect(removals.settle)
        removals.removed.connect(news.removed)
        removals.restored.connect(news.told)
        removals.refused.connect(news.refusal)
        removals.changed.connect(self.facts.learn_removed)

    def _connect_undoing(self) -> None:
        undoing, line = self.undoing, self._lines.give(self.undoing)
        undoing.asked.connect(line.ask)
        line.answered.connect(undoing.answer)
        undoing.refused.connect(self._news.refusal)
        self.worker.moves_changed.connect(self.facts.learn_moves)

    def _connect_evolution(self) -> None:
        reader, worker = self.window.evolution.reader, self.worker
        line = self._lines.give(reader)
        reader.asked.connect(line.ask)
        line.answered.connect(reader.answer)
        worker.opened.connect(reader.begin)
        worker.run_changed.connect(reader.learn_run)
        worker.pins_changed.connect(reader.learn_pins)

    def _connect_snapshots(self) -> None:
        worker, taking, marks = self.worker, self._snapshotting, self.job_snapshots
        line = self._lines.give(taking)
        taking.asked.connect(line.ask)
        line.answered.connect(taking.answer)
        taking.refused.connect(self._news.refusal)
        self.facts.changed.connect(taking.learn)
        worker.run_changed.connect(taking.learn_run)
        worker.snapshot_failed.connect(taking.learn_failure)
        marks_line = self._lines.give(marks)
        marks.asked.connect(marks_line.ask)
        marks_line.answered.connect(marks.answer)
        worker.opened.connect(marks.begin)
        worker.started.connect(marks.learn_start)
        worker.metrics.connect(marks.learn_steps)
        worker.run_changed.connect(marks.learn_run)
        marks.changed.connect(self.window.live.show_marks)

    def _connect_operations(self) -> None:
        self.worker.operation_changed.connect(self.facts.learn_operation)
        self.worker.operation_changed.connect(self._watch.learn)
        self._watch.ended.connect(self.notifications.noticed)
        self.dialogs.snapshot_wanted.connect(self._show_stage)

    def _connect_closing(self) -> None:
        closing = self.closing
        self.window.close_wanted.connect(closing.close_button)
        self.facts.changed.connect(closing.learn)
        closing.saving.connect(self._news.closing)
        closing.stop_wanted.connect(self.worker.stop)
        closing.leave_wanted.connect(self._leave_intake)
        closing.hang_up_wanted.connect(self.worker.close)
        self.worker.lost.connect(closing.lost)
        self.worker.closed.connect(closing.hung_up)
        closing.done.connect(self.previews.leave)
        closing.done.connect(self._end)

    def _connect_tray(self) -> None:
        tray, hiding, closing = self.tray, self.hiding, self.closing
        self.facts.changed.connect(tray.show_facts)
        tray.window_wanted.connect(hiding.show)
        closing.hide_wanted.connect(hiding.hide)
        closing.minimise_wanted.connect(hiding.minimise)
        closing.window_wanted.connect(hiding.show)
        closing.done.connect(tray.leave)
        self.worker.window_wanted.connect(hiding.bring)
        self.worker.finished.connect(self.notifications.finished)
        self.worker.noticed.connect(self.notifications.noticed)

    @Slot(str)
    def log_bug(self, trace: str) -> None:
        self._news.bug(trace)

    @Slot()
    def _load(self) -> None:
        self._training_thread.start()
        self._intake_thread.start()
        self.opening.emit()
        self.tray.appear()
        self._plot_library.finished.connect(self._show_plot)
        self._plot_library.start()

    @Slot()
    def _show_plot(self) -> None:
        from gui.evolution.body import RunBody  # the library is loaded by now
        from gui.live.plot import LossPlot

        plot = LossPlot(self.theme)
        plot.pointed.connect(self.window.live.read_out)
        plot.marks.chosen.connect(self._show_snapshot)
        self.window.live.use_plot(plot, plot)
        self.window.evolution.use_body(RunBody(self.theme))
        self._show_example_view()

    def _show_example_view(self) -> None:
        from gui.evolution.example import ExampleView  # like the plot

        view, panel, worker = ExampleView(self.theme), self.window.evolution, self.worker
        line = self._lines.give(view)
        view.wanted.connect(line.ask)
        line.answered.connect(view.answer)
        worker.opened.connect(view.begin)
        worker.run_changed.connect(view.learn_run)
        worker.pins_changed.connect(view.learn_pins)
        panel.example_chosen.connect(view.choose)
        panel.step_chosen.connect(view.choose_step)
        view.step_chosen.connect(panel.show_step)
        view.pins_wanted.connect(self.dialogs.show_pins)
        panel.example_opened.connect(view.enter)
        panel.reader.read.connect(view.learn_shown)
        panel.put_example_view(view)
        if panel.body is not None:
            panel.body.examples.add_verb(view.pin)
        if self.facts.now.open:
            view.begin()

    @Slot(object)
    def _show_snapshot(self, mark: Mark) -> None:
        self._show_stage(mark.run, mark.step)

    @Slot(int, int)
    def _show_stage(self, run: int, step: int) -> None:
        self.window.tabs.setCurrentWidget(self.window.evolution)
        self.window.evolution.show_step(run, step)
        self.window.activateWindow()

    @Slot()
    def _opened(self) -> None:
        self.facts.learn(open=True)
        early, self._early = self._early, ()
        for drop in early:
            self.drops.begin(drop)

    @Slot(object)
    def _learn_jobs(self, jobs: Sequence[Job]) -> None:
        self.window.queue.show_jobs(jobs)

    @Slot(str)
    def _lost(self) -> None:
        self.facts.learn(open=False, status=Status(), operation=None)
        QTimer.singleShot(_REOPEN_MS, self.worker, self.worker.open)

    @Slot(object)
    def _drop(self, paths: tuple[Path, ...]) -> None:
        self.drops.begin(Drop(files=paths))

    @Slot(object)
    def _ask_about(self, twins: tuple[Twin, ...]) -> None:
        """A window that closes asks nothing more; what is in the queue already stays there once."""
        if self.closing.phase is Phase.OPEN:
            self._twins.ask(twins)
            self.hiding.hide_dialogs()

    @Slot()
    def _preview_selected(self) -> None:
        for job in self.facts.now.selected[:1]:
            self.previews.show(job)

    @Slot()
    def _show_job_settings(self) -> None:
        self.dialogs.show_job_settings(self.facts.now.selected)

    @Slot()
    def _show_job_history(self) -> None:
        for job in self.facts.now.selected[:1]:
            self.dialogs.show_job_history(job)

    @Slot()
    def _compare_stages(self) -> None:
        self.dialogs.show_compare(self.window.evolution.reader.shown)

    @Slot(str)
    def _show_details(self, details: str) -> None:
        box = QMessageBox(self.window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("What was refused"))
        box.setText(details)
        box.open()

    @Slot()
    def _copy_diagnostics(self) -> None:
        lines = self.window.log.model.last(_LOG_LINES_COPIED)
        QGuiApplication.clipboard().setText(diagnostics(self.facts.now.status, lines))

    @Slot()
    def _leave_intake(self) -> None:
        self.intake.leave()

    @Slot()
    def _end(self) -> None:
        for thread in (self._intake_thread, self._training_thread):
            thread.quit()
            thread.wait()
        self._plot_library.wait()
        self.window.close_now()
        self.gone.emit()
