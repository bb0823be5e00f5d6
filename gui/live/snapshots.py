"""The snapshots of the job whose loss is drawn: asked of the host, then followed."""

from PySide6.QtCore import QObject, Signal, Slot

from backend.domain.evolution import EvolutionRun
from backend.protocol.engine import Metric, Started
from backend.protocol.evolution import GetRun, ListRuns, RunChanged, RunReply, RunsReply
from backend.protocol.host import Reply, Request
from gui.live.mark import Mark


class JobSnapshots(QObject):
    """Of the job's latest run, also where it began before this window was open."""

    asked = Signal(object)
    """Request."""
    changed = Signal(object)
    """tuple[Mark, ...] in order of steps."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: int | None = None
        self._run: int | None = None
        self._told: EvolutionRun | None = None
        """The run as it was told of last. Answers may come behind later events, so they know less than it."""
        self._marks: dict[int, Mark] = {}

    def at(self, job: int | None, step: int | None) -> Mark | None:
        """The snapshot of this job at this step."""
        return self._marks.get(step) if step is not None and job == self._job else None

    @Slot()
    def begin(self) -> None:
        """The host answers (again)."""
        if self._job is not None:
            self.asked.emit(ListRuns())

    @Slot(object)
    def learn_start(self, started: Started) -> None:
        self._follow(started.job)

    @Slot(object)
    def learn_steps(self, metrics: tuple[Metric, ...]) -> None:
        """A window that joins a training under way hears of no start."""
        self._follow(metrics[-1].job)

    @Slot(object)
    def learn_run(self, changed: RunChanged) -> None:
        run = changed.run
        if run.job != self._job:
            return
        self._told = run
        self._keep(run)
        if changed.step is not None and run.last is not None and changed.step == run.steps[-1]:
            self._marks[changed.step] = Mark(run=run.id, step=changed.step, summary=run.last)
        if set(run.steps) != set(self._marks):
            self._ask_for(run)
        self._tell()

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case ListRuns(), RunsReply(runs=runs):
                for run in runs:  # newest first
                    if run.job == self._job:
                        self._keep(run)
                        self._ask_for(run)
                        break
            case GetRun(), RunReply() if reply.run.job == self._job and reply.run.id == self._run:
                for one in reply.figures:
                    self._marks[one.step] = Mark(run=reply.run.id, step=one.step, summary=one.summary)
                self._keep(reply.run)
                self._tell()

    def _follow(self, job: int) -> None:
        if job == self._job:
            return
        self._job, self._run, self._told = job, None, None
        self._marks.clear()
        self._tell()
        self.asked.emit(ListRuns())

    def _keep(self, run: EvolutionRun) -> None:
        """Marks of another run, and those of training that was left, go."""
        now = self._told if self._told is not None and self._told.id >= run.id else run
        same = now.id == self._run
        self._run = now.id
        self._marks = {step: mark for step, mark in self._marks.items() if same and step in now.steps}

    def _ask_for(self, run: EvolutionRun) -> None:
        self.asked.emit(GetRun(run=run.id))

    def _tell(self) -> None:
        self.changed.emit(tuple(self._marks[step] for step in sorted(self._marks)))
