"""Takes files out of the queue, and puts them back: Ctrl+Z undoes the last removal, then the one before."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from backend.domain.job import Job, JobState
from backend.protocol.host import Done, Failure, RemoveJobs, Reply, Request, RestoreJobs


class Removals(QObject):
    """Remembers what this window removed; what somebody else has put back meanwhile is forgotten."""

    asked = Signal(object)
    """RemoveJobs or RestoreJobs, for the host."""
    removed = Signal(str)
    """The host's words: it is done and can be undone."""
    restored = Signal(str)
    refused = Signal(object)
    """Failure."""
    changed = Signal(int)
    """How many files Undo would put back now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[tuple[int, ...]] = []

    @property
    def last(self) -> tuple[int, ...]:
        """What Undo would put back."""
        return self._done[-1] if self._done else ()

    def remove(self, jobs: Sequence[Job]) -> None:
        if jobs:
            self.asked.emit(RemoveJobs(jobs=tuple(job.id for job in jobs)))

    @Slot()
    def undo(self) -> None:
        if self._done:
            self.asked.emit(RestoreJobs(jobs=self._done.pop()))
            self.changed.emit(len(self.last))

    @Slot(object, object)
    def settle(self, request: Request, reply: Reply) -> None:
        """The host's answer to what was asked here; those to others are none of ours."""
        match request, reply:
            case RemoveJobs(jobs=jobs), Done(text=words):
                self._done.append(jobs)
                self.removed.emit(words)
            case RestoreJobs(), Done(text=words):
                self.restored.emit(words)
            case ((RemoveJobs() | RestoreJobs()), Failure()):
                self.refused.emit(reply)
            case _:
                return
        self.changed.emit(len(self.last))

    @Slot(object)
    def learn(self, jobs: Iterable[Job]) -> None:
        """A job that is back in the queue is not to be put back again."""
        if not self._done:
            return
        back = {job.id for job in jobs if job.state is not JobState.REMOVED}
        if back.isdisjoint(number for jobs_ in self._done for number in jobs_):
            return
        left = (tuple(number for number in jobs_ if number not in back) for jobs_ in self._done)
        self._done = [jobs_ for jobs_ in left if jobs_]
        self.changed.emit(len(self.last))
