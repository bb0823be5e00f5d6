"""A training run as its process sees it: events are shown as they come, signals become a stop, every case ends."""

from collections.abc import Sequence
from typing import Any

import msgspec

from backend.cli.endings import Endings
from backend.cli.output import Output
from backend.cli.progress import Reporter
from backend.domain.job import WAITING, Job, JobState
from backend.domain.status import HostState, Status
from backend.errors import ExitStatus, UserError
from backend.host import Host, ask
from backend.protocol.host import (
    Done,
    GetStatus,
    HostEvent,
    JobChanged,
    QueueFinished,
    StartTraining,
    StatusChanged,
    StatusReply,
    StopTraining,
)

LOOK_SECONDS = 0.2
OVER = frozenset({JobState.DONE, JobState.FAILED, JobState.REMOVED, JobState.SKIPPED, JobState.UNDONE})
"""States in which a follower has nothing more to wait for."""
AT_REST = (HostState.IDLE, HostState.STOPPED, HostState.PAUSED)
"""States in which the end of the queue is no old news."""


class RunEnd(msgspec.Struct, kw_only=True):
    """How it went; grows while the run goes on."""

    done: int = 0
    failed: int = 0
    refused: int = 0
    """Files that could not be queued."""
    refusal: ExitStatus = ExitStatus.FAILED
    """REFUSED where one of them was refused for safety, such as for lack of space."""
    stopped: bool = False
    job: Job | None = None
    """The job that was touched last."""
    blocked: Job | None = None
    """A job that paused by itself because something outside must be mended first, such as a full disk."""
    jobs: dict[int, Job] = msgspec.field(default_factory=dict)

    def line(self) -> dict[str, Any]:
        job = self.job
        return {
            "event": "finished",
            "done": self.done,
            "failed": self.failed,
            "refused": self.refused,
            "stopped": self.stopped,
            "file": job.name if job else None,
            "step": job.step if job else None,
            "total_steps": job.total_steps if job else None,
            **({"error": self.blocked.reason, "hint": self.blocked.hint} if self.blocked else {}),
        }


def is_blocked(job: Job) -> bool:
    """Whether it paused by itself because something outside must be mended first, such as a full disk."""
    return job.state is JobState.PAUSED and bool(job.hint)


class Run:
    """Pumps one host until its work is over."""

    def __init__(self, host: Host, output: Output, reporter: Reporter, endings: Endings) -> None:
        self._host = host
        self._output = output
        self._reporter = reporter
        self._endings = endings
        self._asked = 0
        self._ours: frozenset[int] = frozenset()
        """The files that are followed; empty for whoever trains the whole queue."""
        self.end = RunEnd()

    def until_finished(self) -> RunEnd:
        """As the host: until the queue is empty, a job blocks it, or a stop by signal or another program is a fact."""
        while True:
            self._turn_signals_into_stop()
            for event in self._pumped():
                match event:
                    case QueueFinished():
                        return self.end
                    case StatusChanged(status=status) if status.state is HostState.STOPPED:
                        self.end.stopped = True
                        return self.end
                    case JobChanged(job=job) if is_blocked(job):
                        self.end.blocked = job
                        return self.end
            self._host.wait(LOOK_SECONDS)

    def until_stopped(self) -> RunEnd:
        """As a daemon: until a stop, by signal or by another program; what is queued meanwhile is trained."""
        while True:
            self._turn_signals_into_stop()
            for event in self._pumped():
                match event:
                    case StatusChanged(status=status) if status.state is HostState.STOPPED:
                        self.end.stopped = True
                        return self.end
                    case JobChanged(job=job) if job.state in WAITING:
                        self._train_unless_held()
            self._host.wait(LOOK_SECONDS)

    def following(self, jobs: Sequence[Job]) -> RunEnd:
        """As a client: until these jobs end or, without any, the queue is empty; or a stop, a signal, or a job that
        blocks the queue. The host goes on by itself, and what becomes of others' files is not this run's.

        What the host tells may be of before this run, so an end counts only where the host still stands at it.
        """
        self.end.jobs = {job.id: job for job in jobs}
        self._ours = frozenset(self.end.jobs)
        waiting = set(self._ours)
        while True:
            if self._endings.count:
                return self.end
            for event in self._pumped():
                match event:
                    case JobChanged(job=job) if job.state in OVER:
                        waiting.discard(job.id)
                    case JobChanged(job=job) if is_blocked(job) and self._is_still(HostState.PAUSED):
                        self.end.blocked = job
                        return self.end
                    case QueueFinished() if not jobs and self._is_still(*AT_REST):
                        return self.end
                    case StatusChanged(status=Status(state=HostState.STOPPED)) if self._is_still(HostState.STOPPED):
                        self.end.stopped = True
                        return self.end
            if jobs and not waiting:
                return self.end
            self._host.wait(LOOK_SECONDS)

    def _is_still(self, *states: HostState) -> bool:
        """Whether the host is in one of these now. What one that closes or is gone told last holds."""
        try:
            return ask(self._host, GetStatus(), StatusReply).status.state in states
        except UserError:
            return True

    def _train_unless_held(self) -> None:
        if ask(self._host, GetStatus(), StatusReply).status.state is HostState.IDLE:
            ask(self._host, StartTraining(), Done)

    def _pumped(self) -> list[HostEvent]:
        events = self._host.pump()
        for event in events:
            if isinstance(event, JobChanged):
                self._note_job(event.job)
            self._reporter.tell(event)
        return events

    def _note_job(self, job: Job) -> None:
        if (job.state is JobState.QUEUED and job.started_at is None) or (self._ours and job.id not in self._ours):
            return
        before = self.end.jobs.get(job.id)
        self.end.jobs[job.id] = self.end.job = job
        if before is None or before.state is not job.state:
            self.end.done += job.state is JobState.DONE
            self.end.failed += job.state is JobState.FAILED

    def _turn_signals_into_stop(self) -> None:
        count = self._endings.count
        if count == self._asked:
            return
        if self._asked:
            self._output.note("Still saving: the step that runs is finished first, then nothing is lost.")
        else:
            self._output.note("Stopping: the step that runs is finished and saved first.")
            ask(self._host, StopTraining(reason=self._endings.name), Done)
        self._asked = count
