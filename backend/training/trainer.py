"""Trains the queue: begins what is next, carries wishes to the engine, and follows the facts it reports."""

import logging
import time

import msgspec

from backend.clock import utc_in, utc_now
from backend.control.board import Board
from backend.domain.job import Job, JobState
from backend.errors import Refused, UserError, WrongUse
from backend.outbox import Outbox
from backend.protocol.engine import Pause, Paused, Resume, Resumed, Save, Saved, Skip, Stop, TakeSnapshot
from backend.protocol.host import QueueFinished
from backend.queue.desk import Desk
from backend.runtime.interpreter import RuntimeUnusable
from backend.settings import Settings
from backend.store.store import Store
from backend.supervisor.engine import Engine
from backend.training.changes import Changes
from backend.training.ends import Ends, without_wish
from backend.training.goal import Goal
from backend.training.held import Held, Wish
from backend.training.plan import Planner
from backend.training.showing import Showing

log = logging.getLogger(__name__)
BEGIN_SECONDS = 0.1
"""Files that fail before they begin follow each other so long; then wishes are heard again."""


class Trainer:
    """Requests return at once with words for the user; `tick` begins what facts allow."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        engine: Engine,
        planner: Planner,
        changes: Changes,
        ends: Ends,
        goal: Goal,
        board: Board,
        showing: Showing,
        outbox: Outbox,
        settings: Settings,
    ) -> None:
        self._store = store
        self._desk = desk
        self._engine = engine
        self._planner = planner
        self._changes = changes
        self._ends = ends
        self._goal = goal
        self._board = board
        self._showing = showing
        self._outbox = outbox
        self.settings = settings
        self.held: Held | None = None
        self._paused_since: float | None = None

    # Requests

    def start(self, reason: str = "") -> str:
        """Train the queue; ends a pause and a stop. Raises Refused when no model is chosen."""
        if self._store.head.get().base is None:
            raise Refused(
                "No model has been chosen to train.",
                "`espalier model add starter` and `espalier model use starter` take the small starter model.",
            )
        self._goal.train(reason)
        if self._holds_paused():
            self._engine.send(Resume())
        self.show()
        return "Training."

    def pause(self, reason: str) -> str:
        """Finish the step, save, hold; without training, hold the queue. Raises UserError during a stop."""
        held = self.held
        if held is not None and held.wish is Wish.STOP:
            raise UserError(
                "It is being stopped already.", "The step is finished and saved first. Ask again once it is."
            )
        self._goal.hold(reason)
        if held is not None and held.wish is Wish.SKIP:
            return "Skipping first; then the queue is held."
        if held is not None and held.wish is None and self._stored(held).state is JobState.RUNNING:
            self._wish(Wish.PAUSE, reason)
            self._engine.send(Pause(reason=reason))
        self.show()
        return "Pausing: the step is finished and saved first." if held else "The queue is held."

    def stop(self, reason: str) -> str:
        """Finish the step, save, end; the job waits and is next."""
        self._goal.stop(reason)
        if self.held is not None:
            self._wish(Wish.STOP, reason)
            self._engine.send(Stop(reason=reason))
            text = "Stopping: the step is finished and saved first."
        else:
            holder = self._store.jobs.holder()
            if holder is not None:
                self._changes.move(holder, JobState.QUEUED, reason)
            text = "Stopped."
        self.show()
        return text

    def skip(self, reason: str) -> str:
        """Finish the step, save, move to the low level. Raises WrongUse when no job is begun."""
        held = self.held
        if held is not None:
            self._goal.skip(held.job, reason)
            if held.wish is not Wish.STOP:  # what stops is skipped when it has stopped
                self._wish(Wish.SKIP, reason)
                self._engine.send(Skip(reason=reason))
            text = "Skipping: the step is finished and saved first."
        else:
            job = self._store.jobs.holder() or self._store.jobs.stopped()
            if job is None:
                raise WrongUse("No file is in training, so there is none to skip.")
            self._changes.skip(job, reason)
            text = f"{job.name} is skipped; it goes on later."
        self.show()
        return text

    def save(self, reason: str) -> str:
        """Finish the step, save, go on. Where no step runs, that the last checkpoint stands is told at once."""
        job = self._store.jobs.holder() if self.held is None else self._stored(self.held)
        if job is None:
            return "Nothing is training; the last checkpoint stands."
        self._store.journal.add("save", job.id, reason)
        if self.held is None or job.state is JobState.PAUSED:
            self._outbox.tell(Saved(job=job.id, step=job.step))
            return "No step runs; the last checkpoint stands."
        self.held = msgspec.structs.replace(self.held, saving=True)
        self._engine.send(Save(reason=reason))
        return "Saving after this step."

    def snapshot(self, reason: str) -> str:
        """Finish the step, take an evolution snapshot, go on. Raises WrongUse where the engine holds no job."""
        if self.held is None:
            raise WrongUse("Nothing is training, so there is nothing to take a snapshot of.", "Start training first.")
        self._store.journal.add("snapshot", self.held.job, reason)
        self._engine.send(TakeSnapshot(reason=reason))
        return "A snapshot is taken after this step."

    def leave(self) -> None:
        """The host is closing: a job in training is stopped, one that pauses or is paused stays so, a skip is done."""
        wish = None if self.held is None else self.held.wish
        if self._holds_paused():
            self.release()
        elif wish in (Wish.PAUSE, Wish.SKIP):
            if wish is Wish.SKIP:
                self._goal.stop("The program was closed.")
            self._engine.leave()
        elif self.held is not None and not self.held.releasing:
            self.stop("The program was closed.")

    def release(self) -> None:
        """Let a paused engine go, so that its memory is free; its job stays paused."""
        if self.held is not None and self._holds_paused():
            self.held = msgspec.structs.replace(self.held, releasing=True)
            self._engine.leave()

    # Facts

    @property
    def occupied(self) -> bool:
        """Whether the engine is, or is about to be, busy with a job that is not paused."""
        if self.held is None:
            return self._goal.training and not self._goal.held and self._desk.next() is not None
        return not (self.held.releasing or self._holds_paused())

    @property
    def held_job(self) -> int | None:
        """The job that the engine holds, training or paused."""
        return None if self.held is None else self.held.job

    def renew_engine(self) -> None:
        """The next segment needs a fresh process."""
        self._engine.leave()

    def prepared(self, job: int) -> None:
        """Model and data are in the engine's memory."""
        if self.held is not None and self.held.job == job:
            self.held = msgspec.structs.replace(self.held, is_prepared=True)

    def stepped(self, job: int) -> None:
        """A step was trained."""
        if self.held is not None and self.held.job == job and not self.held.has_stepped:
            self.held = msgspec.structs.replace(self.held, has_stepped=True)

    def saved(self, job: int, step: int) -> None:
        """What a save was asked for is a fact."""
        if self.held is not None and self.held.job == job:
            self.held = msgspec.structs.replace(self.held, saving=False)
        self._outbox.tell(Saved(job=job, step=step))

    def paused(self, event: Paused) -> None:
        """The checkpoint is on disk and the engine holds."""
        held = self.held
        if held is None or held.job != event.job:
            return
        job = self._stored(held)
        if job.state is JobState.RUNNING:
            self._changes.move(job, JobState.PAUSED, self._goal.held_reason)
        if held.wish is Wish.PAUSE:
            self.held = without_wish(held)
        self._paused_since = time.monotonic()
        if not self._goal.held and self.held is not None and self.held.wish is None:
            self._engine.send(Resume())
        self.show()

    def resumed(self, event: Resumed) -> None:
        """It trains again."""
        if self.held is None or self.held.job != event.job:
            return
        job = self._stored(self.held)
        if job.state is JobState.PAUSED:
            self._changes.move(job, JobState.RUNNING)
        self._paused_since = None
        if self._goal.held and self.held.wish is None:
            self._wish(Wish.PAUSE, self._goal.held_reason)
            self._engine.send(Pause(reason=self._goal.held_reason))
        self.show()

    def let_go(self) -> Held | None:
        """The engine holds nothing any more; returns what it held."""
        held, self.held = self.held, None
        self._paused_since = None
        return held

    # Time

    def tick(self) -> None:
        """Begin what is next when facts allow it."""
        if self.held is not None:
            self._release_in_time()
            return
        end = time.monotonic() + BEGIN_SECONDS
        while self.held is None and self._goal.training and not self._goal.held and not self._engine.leaving:
            if time.monotonic() > end:
                self._outbox.ring()
                return
            job = self._desk.next()
            if job is None:
                self._goal.finish()
                self._outbox.tell(QueueFinished(done=self._goal.done, failed=self._goal.failed))
            else:
                self._begin(job)
            self.show()

    def show(self) -> None:
        """Put on the board what state the host is in."""
        self._showing.show(self.held, self._release_at())

    def _begin(self, job: Job) -> None:
        try:
            begin = self._planner.begin(job)
        except UserError as error:
            self._ends.fail(job, error.message, error.hint)
            return
        fresh = job.state is JobState.QUEUED and job.started_at is None
        attempts = job.attempts + (1 if fresh else 0)
        head_before = begin.head.checkpoint.id if begin.head.checkpoint else None
        with self._changes.together():
            self._changes.move(
                job,
                JobState.RUNNING,
                step=begin.job.step,
                attempts=attempts,
                started_at=job.started_at or utc_now(),
            )
            segment = self._store.segments.begin(
                job.id, begin.mode, begin.job.step, begin.head.total_steps, head_before
            )
            command = self._planner.command(begin, segment, self.settings)
        self.held = Held(job=job.id, segment=segment, token_budget=command.engine.token_budget)
        self._board.new_segment()
        try:
            if not self._engine.alive:
                self._engine.start()
        except RuntimeUnusable as error:
            self.let_go()
            self._store.segments.end(job.id, segment, None)
            self._ends.cannot_run(self._store.jobs.get(job.id), error.message, error.hint)
            return
        except OSError as error:
            log.exception("The engine cannot be started.")
            self.let_go()
            self._store.segments.end(job.id, segment, None)
            job = self._changes.move(job, JobState.INTERRUPTED, str(error))
            self._ends.fail(job, f"The engine cannot be started: {error}.", "Run `espalier doctor`.")
            return
        self._engine.send(command)

    def _release_in_time(self) -> None:
        if (left := self._seconds_to_release()) is not None and left <= 0:
            self.release()

    def _release_at(self) -> str | None:
        left = self._seconds_to_release()
        return None if left is None else utc_in(left)

    def _seconds_to_release(self) -> float | None:
        """Until a paused engine is let go; None where there is none to let go."""
        if self._paused_since is None or not self._holds_paused():
            return None
        return self._paused_since + self.settings.engine.release_after_minutes * 60 - time.monotonic()

    def _holds_paused(self) -> bool:
        """Whether the engine holds a job that is paused and was asked for nothing else."""
        held = self.held
        return (
            held is not None
            and held.wish is None
            and not held.releasing
            and not self._engine.leaving
            and self._stored(held).state is JobState.PAUSED
        )

    def _wish(self, wish: Wish, reason: str) -> None:
        assert self.held is not None
        self.held = msgspec.structs.replace(self.held, wish=wish, reason=reason)

    def _stored(self, held: Held) -> Job:
        return self._store.jobs.get(held.job)
