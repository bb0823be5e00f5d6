"""What a whole host should do, said over plain values: the queue's model, what the user wants, and what the head is.

It speaks of a host at rest: the engine, if it trains, waits at the gate of its job (tests/fakes/scripted_engine.py).
"""

import copy
from dataclasses import dataclass, field

from backend.domain.job import HOLDING, JobState
from tests.faults.queue_model import Known, NotAllowed, QueueModel

SAVED_AT, GATE, STEPS = 2, 3, 5
"""The step of the first interval checkpoint, the step at which the engine waits, and the last."""
BAD = "bad"
"""The file that the engine refuses."""
MOST_RESTARTS = 3


@dataclass
class ControlModel:
    """Each method is one thing that a user or fate does; `rest` follows each."""

    queue: QueueModel = field(default_factory=QueueModel)
    training: bool = False
    held: bool = False
    in_hand: int | None = None
    """The job that the engine holds, training or paused."""
    restarts: tuple[int, int] = (0, 0)
    """Job, and how often its engine was lost in this host's life."""
    units: list[int] = field(default_factory=list)
    """Whose training the head is made of, one entry for each stretch."""
    undone: list[tuple[int, Known]] = field(default_factory=list)
    """What redo brings back, last undone last, each with its job as it was."""

    def rest(self) -> None:
        """Let the host begin whatever facts allow, until its engine waits or nothing is left."""
        while self.training and not self.held and self.in_hand is None:
            job = self.queue.next()
            if job is None:
                self.training = False
            elif job.content == BAD:
                job.state = JobState.FAILED
            else:
                job.state, job.begun = JobState.RUNNING, True
                self.in_hand = job.number
                if job.step == 0:
                    self._saved(job, SAVED_AT)

    def start(self) -> None:
        self.training, self.held = True, False
        if self.in_hand is not None:
            self.hand().state = JobState.RUNNING

    def pause(self) -> None:
        self.held = True
        if self.in_hand is not None:
            self.hand().state = JobState.PAUSED
            self._saved(self.hand(), GATE)

    def stop(self) -> None:
        self.training = self.held = False
        job = self.queue.holder()
        if job is not None:
            if job.number == self.in_hand:
                self._saved(job, GATE)
            job.state, self.in_hand = JobState.QUEUED, None

    def skip(self) -> None:
        job = self.queue.next()
        if job is None or not (job.state in HOLDING or job.is_stopped):
            raise NotAllowed
        if job.number == self.in_hand:
            self._saved(job, GATE)
            self.in_hand = None
        self.queue.skip(job)

    def save(self) -> None:
        if self.in_hand is not None:
            self._saved(self.hand(), GATE)

    def pass_gate(self) -> None:
        job = self.hand()
        assert job.state is JobState.RUNNING
        self._saved(job, STEPS)
        job.state, self.in_hand = JobState.DONE, None

    def undo(self) -> None:
        """At least one stretch must be there."""
        if self.queue.holder() is not None:
            raise NotAllowed
        job = self.queue.jobs[self.units.pop()]
        self.undone.append((job.number, copy.copy(job)))
        if job.state is not JobState.UNDONE:
            job.state, job.begun, job.step, job.removed_from = JobState.UNDONE, False, 0, None

    def redo(self) -> None:
        if self.queue.holder() is not None or not self.undone:
            raise NotAllowed
        number, before = self.undone[-1]
        job = self.queue.jobs[number]
        if job.state not in (JobState.UNDONE, JobState.REMOVED):
            raise NotAllowed
        self.undone.pop()
        self.units.append(number)
        if job.state is JobState.UNDONE:
            self.queue.jobs[number] = before

    def lose_engine(self) -> None:
        """It dies without a word; a job in training goes on from what was saved, but not for ever."""
        job = self.hand()
        self.in_hand = None
        if job.state is JobState.RUNNING:
            times = self.restarts[1] if self.restarts[0] == job.number else 0
            self.restarts = (job.number, min(MOST_RESTARTS, times + 1))
            job.state = JobState.INTERRUPTED if times < MOST_RESTARTS else JobState.FAILED

    def lose_host(self, *, with_engine: bool) -> None:
        """An engine that lives on saves its step and leaves."""
        self.restarts = (0, 0)
        if self.in_hand is not None:
            job = self.hand()
            if not with_engine:
                self._saved(job, GATE)
            if job.state is JobState.RUNNING:
                job.state = JobState.INTERRUPTED
            self.in_hand = None

    def close(self) -> None:
        """A job in training is stopped, a paused one stays so."""
        self.restarts = (0, 0)
        if self.in_hand is not None and self.hand().state is JobState.RUNNING:
            self.stop()
        self.in_hand = None

    def hand(self) -> Known:
        assert self.in_hand is not None
        return self.queue.jobs[self.in_hand]

    def _saved(self, job: Known, step: int) -> None:
        """A checkpoint became the head."""
        job.step = max(job.step, step)
        self.undone.clear()
        if not self.units or self.units[-1] != job.number:
            self.units.append(job.number)
