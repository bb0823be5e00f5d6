"""The training side of the window: owns the host in its own thread, takes requests, tells facts as typed signals."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from backend.client import HostGone
from backend.domain.job import Job
from backend.domain.operation import OperationState
from backend.errors import UserError
from backend.host import Host
from backend.paths import Home
from backend.protocol import engine as said
from backend.protocol import evolution, keeping
from backend.protocol import host as p

PUMP_MS = 50
FIRST_ROWS = 200
"""More than a screen shows."""
HEARTBEAT_PUMPS = 20
"""A status once a second keeps memory and free disk fresh where nothing happens."""


def open_home(home: Home) -> Host:
    """Become the host of `home`, or a client of the one that runs."""
    from backend.opening import open_host  # loads the database library: in the worker's thread, after the first paint

    return open_host(home)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A request whose reply is for its asker alone."""

    asker: int
    request: p.Request


class TrainingWorker(QObject):
    """Lives in a QThread of its own. No slot waits for the engine; what becomes true comes back as a signal."""

    opened = Signal()
    """The host answers."""
    refused = Signal(object)
    """Failure: something was asked that cannot be done, or the home cannot be opened."""
    answered = Signal(object, object)
    """Question and its Reply."""
    status_changed = Signal(object)
    jobs_listed = Signal(object)
    """tuple[Job, ...] in training order, ended ones last."""
    jobs_changed = Signal(object)
    """tuple[Job, ...] as they now are."""
    head_changed = Signal(object)
    """HeadReply."""
    metrics = Signal(object)
    """tuple[Metric, ...]: the optimizer steps since the last time."""
    held_out = Signal(object)
    started = Signal(object)
    prepared = Signal(object)
    checkpoint_saved = Signal(object)
    saved = Signal(object)
    """Saved: the answer to a save."""
    activity = Signal(object)
    noticed = Signal(object)
    logged = Signal(object)
    model_added = Signal(object)
    moves_changed = Signal(object)
    """MovesChanged: what undo and redo would do now."""
    daily_taken = Signal()
    run_changed = Signal(object)
    """RunChanged: a snapshot or a report of a run is there."""
    snapshot_failed = Signal(object)
    """SnapshotFailed, behind the notice that says why."""
    pins_changed = Signal(object)
    """PinsChanged."""
    operation_changed = Signal(object)
    """Operation: its progress, or its end."""
    versions_changed = Signal()
    backups_changed = Signal()
    trash_changed = Signal()
    finished = Signal(object)
    """QueueFinished."""
    window_wanted = Signal(str)
    """A second start wants the window in front; the desktop's token for that, or nothing."""
    lost = Signal(str)
    """The host went away; the text says how."""
    closed = Signal()

    def __init__(self, home: Home, opener: Callable[[Home], Host] = open_home) -> None:
        super().__init__()
        self._home = home
        self._opener = opener
        self._host: Host | None = None
        self._timer: QTimer | None = None
        self._pumps = 0

    @Slot()
    def open(self) -> None:
        """Become the host of the home, or a client of the one that runs."""
        try:
            self._host = self._opener(self._home)
        except UserError as error:
            self.refused.emit(p.failure_of(error))
            return
        self.opened.emit()
        self._ask(p.Follow())
        self._look()
        self._timer = QTimer(self)
        self._timer.setInterval(PUMP_MS)
        self._timer.timeout.connect(self._pump)
        self._timer.start()

    @Slot()
    def start(self) -> None:
        self._do(p.StartTraining())

    @Slot()
    def pause(self) -> None:
        self._do(p.PauseTraining())

    @Slot()
    def resume(self) -> None:
        self._do(p.ResumeTraining())

    @Slot()
    def stop(self) -> None:
        self._do(p.StopTraining())

    @Slot()
    def skip(self) -> None:
        self._do(p.SkipJob())

    @Slot()
    def save(self) -> None:
        self._do(p.SaveNow())

    @Slot(object)
    def request(self, request: p.Request) -> None:
        """Anything else whose answer nobody waits for: MoveJobs, PlaceJobs, AddModel, UseModel."""
        self._do(request)

    @Slot(object)
    def ask(self, question: Question) -> None:
        """Like `request`; `answered` carries the reply, a Failure too."""
        reply: p.Reply | None = None
        try:
            reply = self._ask(question.request)
            if self._host is not None:
                self._pump()  # the facts come before the word about them
        finally:  # whoever asked waits for an answer, also where a bug is on its way to the log
            nobody = p.Failure(message="The program that trains gave no answer.", hint="Try again in a moment.")
            self.answered.emit(question, nobody if reply is None else reply)

    @Slot()
    def close(self) -> None:
        """Let the host go: a local one saves and ends its engine first. `closed` follows."""
        if self._timer is not None:
            self._timer.stop()
        host, self._host = self._host, None
        try:
            if host is not None:
                host.close()
        finally:
            self.closed.emit()

    @Slot()
    def _pump(self) -> None:
        if self._host is None:
            return
        try:
            events = self._host.pump()
        except (HostGone, OSError) as error:
            self._lose(error)
            return
        self._tell(events)
        self._pumps += 1
        if self._pumps % HEARTBEAT_PUMPS == 0:
            self._look_at_status()

    def _tell(self, events: list[p.HostEvent]) -> None:
        """Emit every fact in its order; of steps, jobs and states that follow each other at once only what lasts."""
        metrics: list[said.Metric] = []
        jobs: dict[int, Job] = {}
        status: p.StatusChanged | None = None
        for event in events:
            match event:
                case said.Metric():
                    metrics.append(event)
                case p.JobChanged():
                    jobs[event.job.id] = event.job
                case p.StatusChanged():
                    status = event
                case _:
                    self._tell_one(event)
        if metrics:
            self.metrics.emit(tuple(metrics))
        if jobs:
            self.jobs_changed.emit(tuple(jobs.values()))
        if status is not None:
            self.status_changed.emit(status.status)

    def _tell_one(self, event: p.HostEvent) -> None:
        match event:
            case said.Started():
                self.started.emit(event)
            case said.Prepared():
                self.prepared.emit(event)
            case said.HeldOut():
                self.held_out.emit(event)
            case said.CheckpointSaved():
                self.checkpoint_saved.emit(event)
            case said.Saved():
                self.saved.emit(event)
            case said.Activity():
                self.activity.emit(event)
            case said.LogLine():
                self.logged.emit(event)
            case p.Notice():
                self.noticed.emit(event)
            case p.ModelAdded():
                self.model_added.emit(event)
                self._look_at_head()
            case p.HeadChanged():
                self._look_at_head()
            case p.MovesChanged():
                self.moves_changed.emit(event)
            case p.DailyTaken():
                self.daily_taken.emit()
            case evolution.RunChanged():
                self.run_changed.emit(event)
            case said.SnapshotFailed():
                self.snapshot_failed.emit(event)
            case evolution.PinsChanged():
                self.pins_changed.emit(event)
            case p.QueueFinished():
                self.finished.emit(event)
            case (
                keeping.OperationChanged()
                | keeping.VersionsChanged()
                | keeping.BackupsChanged()
                | keeping.TrashChanged()
            ):
                self._tell_of_keeping(event)
            case p.WindowWanted(activation=activation):
                self.window_wanted.emit(activation)

    def _tell_of_keeping(self, event: keeping.KeepingEvent) -> None:
        match event:
            case keeping.OperationChanged(operation=operation):
                self.operation_changed.emit(operation)
            case keeping.VersionsChanged():
                self.versions_changed.emit()
            case keeping.BackupsChanged():
                self.backups_changed.emit()
            case keeping.TrashChanged():
                self.trash_changed.emit()

    def _do(self, request: p.Request) -> None:
        reply = self._ask(request)
        if isinstance(reply, p.Failure):
            self.refused.emit(reply)
        if self._host is not None:
            self._pump()

    def _ask(self, request: p.Request) -> p.Reply | None:
        """The host's answer, or None where there is no host (any more)."""
        if self._host is None:
            self.refused.emit(p.Failure(message="Espalier has no training host just now.", hint="Open it again."))
            return None
        try:
            return self._host.handle(request)
        except (HostGone, OSError) as error:
            self._lose(error)
            return None

    def _look(self) -> None:
        """Read everything once, for a window that has just opened."""
        self._look_at_head()
        moves = self._ask(p.GetMoves())
        if isinstance(moves, p.MovesReply):
            self.moves_changed.emit(p.MovesChanged(undo=moves.undo, redo=moves.redo))
        first = self._ask(p.ListJobs(first=FIRST_ROWS))
        if isinstance(first, p.JobsReply):
            self.jobs_changed.emit(first.jobs)  # something to see while the others are read
        self._look_at_operation()
        self._look_at_status()
        every = self._ask(p.ListJobs())
        if isinstance(every, p.JobsReply):
            self.jobs_listed.emit(every.jobs)

    def _look_at_operation(self) -> None:
        """One may be under way in the host whose client this window is."""
        reply = self._ask(keeping.GetOperations(last=1))
        if isinstance(reply, keeping.OperationsReply):
            for operation in reply.operations:
                if operation.state is OperationState.RUNNING:
                    self.operation_changed.emit(operation)

    def _look_at_head(self) -> None:
        reply = self._ask(p.GetHead())
        if isinstance(reply, p.HeadReply):
            self.head_changed.emit(reply)

    def _look_at_status(self) -> None:
        reply = self._ask(p.GetStatus())
        if isinstance(reply, p.StatusReply):
            self.status_changed.emit(reply.status)

    def _lose(self, error: BaseException) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._host = None
        self.lost.emit(str(error) or type(error).__name__)
