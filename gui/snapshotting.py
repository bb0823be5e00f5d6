"""A snapshot that the user asks for: announced at once, then told by its figures when it is on disk."""

from PySide6.QtCore import QObject, Signal, Slot

from backend.domain.snapshot import Reason
from backend.domain.status import HostState
from backend.protocol.engine import SnapshotFailed
from backend.protocol.evolution import GetRun, RunChanged, RunReply
from backend.protocol.host import Done, Failure, Reply, Request, SnapshotNow
from gui.banner import Banner
from gui.evolution import telling
from gui.facts import Facts
from gui.live.snapshots import JobSnapshots
from gui.log.lines import line
from gui.log.panel import LogPanel

_ENGINE_HAS_IT = frozenset(
    {HostState.TRAINING, HostState.PAUSING, HostState.PAUSED, HostState.STOPPING, HostState.SKIPPING}
)


class Snapshotting(QObject):
    """One that was due anyway, and comes in between, is not taken for the one that was asked for."""

    asked = Signal(object)
    """Request."""
    refused = Signal(object)
    """Failure."""

    def __init__(self, banner: Banner, log: LogPanel, snapshots: JobSnapshots) -> None:
        super().__init__(banner)
        self._banner, self._log = banner, log
        self._snapshots = snapshots
        self._facts = Facts()
        self._awaited: int | None = None
        """The job whose snapshot is on its way."""
        self._ended = False
        self._again: set[int] = set()
        """Steps whose snapshot was there before and is told of again: nothing was left to take there."""
        self._questions = 0
        """Snapshots that came since, and are being looked at."""

    @Slot()
    def take(self) -> None:
        self._awaited, self._ended = self._facts.status.job, False
        self._again.clear()
        self._banner.say_progress(self.tr("Taking a snapshot…"))
        self.asked.emit(SnapshotNow())

    @Slot(object)
    def learn(self, facts: Facts) -> None:
        self._facts = facts
        status = facts.status
        if self._awaited is not None and not (status.job == self._awaited and status.state in _ENGINE_HAS_IT):
            self._ended = True
            self._give_up_at_the_end()

    @Slot(object)
    def learn_run(self, changed: RunChanged) -> None:
        step = changed.step
        if step is None or changed.run.job != self._awaited:
            return
        if self._snapshots.at(self._awaited, step) is not None:
            self._again.add(step)
        self._questions += 1
        self.asked.emit(GetRun(run=changed.run.id, after_step=step - 1))

    @Slot(object)
    def learn_failure(self, failed: SnapshotFailed) -> None:
        """A notice has said why."""
        if failed.job == self._awaited:
            self._awaited = None

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case SnapshotNow(), Failure():
                self._awaited = None
                self.refused.emit(reply)
            case SnapshotNow(), Done(text=words):
                self._log.add(line("info", words))
            case GetRun(), _:
                self._questions -= 1
                self._look_at(reply)
                self._give_up_at_the_end()

    def _look_at(self, reply: Reply) -> None:
        """Asked for together with the job's end, it is that of the end."""
        if not isinstance(reply, RunReply) or reply.run.job != self._awaited or not reply.figures:
            return
        found = reply.figures[0]
        if found.reason in (Reason.REQUEST, Reason.END) or found.step in self._again:
            self._awaited = None
            self._say(telling.taken(found.step, found.summary))

    def _give_up_at_the_end(self) -> None:
        if self._awaited is not None and self._ended and not self._questions:
            self._awaited = None
            self._say(self.tr("No snapshot was taken: the training ended first."))

    def _say(self, words: str) -> None:
        self._log.add(line("info", words))
        self._banner.say("info", words)
