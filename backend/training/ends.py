"""What each end of a segment means for its job (semantics.md 2, 5 and 14)."""

import contextlib
import logging
import math
import time
from collections.abc import Callable, Iterator

import msgspec
import psutil

from backend.clock import utc_now
from backend.domain.job import Job, JobState
from backend.head.adoption import Adoption
from backend.protocol.engine import Ended, Outcome
from backend.runtime.interpreter import WAY_OUT
from backend.store.store import Store
from backend.supervisor.restarts import Restarts
from backend.training.changes import Changes
from backend.training.goal import Goal
from backend.training.held import Held, Wish
from backend.training.plan import Planner

log = logging.getLogger(__name__)
BUDGET_FLOOR = 16
"""Smallest token budget that is tried after running out of memory."""
FIRST_BUDGET = 256
"""Tried first where the engine could not say what it chose: half of its own smallest (engine/training/probe.py)."""
SMALLER = "Use a shorter job.max_length, a smaller adapter, or a smaller model."
ROOM = "Close other programs that need memory, or use a smaller model."
FULL_MEMORY_PERCENT = 92.0
SIGKILL = -9
BY_OTHERS = frozenset({-1, -2, SIGKILL, -15})
"""Hang-up, interrupt, kill, terminate: sent to an engine, not caused by it. Numbers, for Windows lacks some names."""
LOCKED_OUT = 3
"""What an engine returns where another one works in the home (engine/__main__.py)."""
LOOK_AT_IT = f"`espalier runtime check` may say why, logs/engine.log does. {WAY_OUT}"
ATTEMPTS = 3
"""How often a file is tried in all when the engine ends it by an error that is not the file's own."""


class Ends:
    """Decides from facts alone; what is to train next is decided elsewhere."""

    def __init__(
        self,
        store: Store,
        changes: Changes,
        goal: Goal,
        planner: Planner,
        adoption: Adoption,
        restarts: Restarts,
        python: Callable[[], str] = str,
    ) -> None:
        """Args: python: what the engine was started on (Launcher.python), for one that ends before its first step."""
        self._store = store
        self._changes = changes
        self._goal = goal
        self._planner = planner
        self._adoption = adoption
        self._restarts = restarts
        self._python = python
        self._loads = Restarts(window=math.inf)
        self._memory_percent = 0.0

    def watch_memory(self) -> None:
        """Remember how full the memory is, for the case that the kernel ends the engine for it."""
        self._memory_percent = psutil.virtual_memory().percent

    def ended(self, held: Held, ended: Ended) -> None:
        """The engine reported how the segment ended. All that it means is stored, or nothing where the disk is full."""
        with self._all_or_nothing():
            self._ended(held, ended)

    def lost(self, held: Held, code: int, met: bool) -> None:
        """The engine's process is gone without a word about the segment; the same holds as for `ended`.

        Args:
            met: whether it had reached its host.
        """
        self._adoption.after_engine(self._store.jobs.get(held.job))
        with self._all_or_nothing():
            self._lost(held, code, met)

    def fail(self, job: Job, reason: str, hint: str) -> None:
        self._changes.fail(job, reason, hint)
        self._goal.failed += 1

    def cannot_run(self, job: Job, message: str, hint: str) -> None:
        """The Python that the user named is of no use: no file can be trained, so this one waits and none is tried."""
        if job.state is not JobState.PAUSED:
            self._changes.move(job, JobState.PAUSED, message, hint)
        self._goal.hold(message)
        self._changes.notice("error", message, hint, job.id)

    @contextlib.contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        done, failed = self._goal.done, self._goal.failed
        try:
            with self._changes.together():
                yield
        except BaseException:
            self._goal.done, self._goal.failed = done, failed
            raise

    def _ended(self, held: Held, ended: Ended) -> None:
        self._store.segments.end(held.job, held.segment, ended.outcome)
        job, skip = self._store.jobs.get(held.job), self._goal.take_skip(held.job)
        match ended.outcome:
            case Outcome.DONE:
                self._changes.move(job, JobState.DONE, ended_at=utc_now())
                self._goal.done += 1
            case Outcome.SKIPPED | Outcome.STOPPED:
                self._stopped(held, job, skip)
            case Outcome.OUT_OF_MEMORY:
                self._out_of_memory(held, job, skip, ended.message)
            case Outcome.NO_SPACE:
                self._no_space(held, job, skip, ended)
            case Outcome.REFUSED if self._checkpoint_is_damaged(job):
                if not self._as_wished(held, job, skip):
                    self._again(job, ended.message)
            case Outcome.FAILED if (python := self._python()) and not held.has_stepped:
                if not self._as_wished(held, job, skip):
                    message = f"No step could be trained with your own Python, {python}. {ended.message}"
                    self.cannot_run(job, message, LOOK_AT_IT)
            case Outcome.FAILED if job.attempts < ATTEMPTS:
                self._changes.try_again(job, ended.message, ended.hint, ATTEMPTS)
            case Outcome.NOT_FINITE | Outcome.REFUSED | Outcome.FAILED:
                self.fail(job, ended.message or f"The engine ended it as {ended.outcome}.", ended.hint)

    def _lost(self, held: Held, code: int, met: bool) -> None:
        self._store.segments.end(held.job, held.segment, None)
        job, skip = self._store.jobs.get(held.job), self._goal.take_skip(held.job)
        if self._as_wished(held, job, skip):
            return
        if job.state is JobState.PAUSED:
            if not held.releasing:
                text = f"The engine ended while {job.name} was paused; it resumes from its saved checkpoint."
                self._changes.notice("warning", text, "", job.id)
        elif code == SIGKILL and self._memory_percent >= FULL_MEMORY_PERCENT:
            self._out_of_memory(held, job, skip, "The system ended the engine because memory was full.")
        elif (python := self._python()) and not held.has_stepped and not (met and code in BY_OTHERS | {0, LOCKED_OUT}):
            message = f"The engine ends before its first step with your own Python, {python} (exit status {code})."
            self.cannot_run(job, message, LOOK_AT_IT)
        else:
            self._again(job, f"The engine ended unexpectedly (exit status {code}).")

    def _as_wished(self, held: Held, job: Job, skip: str | None) -> bool:
        """Where a skip or a stop was asked for, that is what the end means, whatever else it was."""
        if skip is not None:
            self._changes.skip(job, skip)
        elif held.wish is Wish.STOP:
            self._changes.move(job, JobState.QUEUED, held.reason)
        else:
            return False
        return True

    def _stopped(self, held: Held, job: Job, skip: str | None) -> None:
        """Asked for or not. A skip that came before the first step ends as stopped too."""
        if self._as_wished(held, job, skip):
            return
        if held.wish is Wish.PAUSE and job.state is JobState.RUNNING:
            self._changes.move(job, JobState.PAUSED, held.reason)
        elif job.state is not JobState.PAUSED:
            self._again(job, "The engine was told to end by another program.")

    def _no_space(self, held: Held, job: Job, skip: str | None, ended: Ended) -> None:
        if not self._as_wished(held, job, skip):
            self._changes.move(job, JobState.PAUSED, ended.message, ended.hint)
            self._goal.hold(ended.message)
        self._changes.notice("error", ended.message, ended.hint, job.id)

    def _again(self, job: Job, reason: str, hint: str = "Look at logs/engine.log for the cause.") -> None:
        """Interrupted: it goes on by itself from its last verified checkpoint, but not for ever."""
        if self._restarts.allow(job.id, time.monotonic()):
            self._go_on(job, reason)
        else:
            job = self._interrupted(job, reason)
            self.fail(job, f"{reason} This was the fourth time in ten minutes.", hint)

    def _go_on(self, job: Job, reason: str) -> None:
        self._interrupted(job, reason)
        self._changes.notice("warning", reason, f"{job.name} goes on from its last checkpoint.", job.id)

    def _interrupted(self, job: Job, reason: str) -> Job:
        return job if job.state is JobState.INTERRUPTED else self._changes.move(job, JobState.INTERRUPTED, reason)

    def _out_of_memory(self, held: Held, job: Job, skip: str | None, message: str) -> None:
        """Each halving is another attempt and no restart after a crash: the smallest budget bounds them."""
        if not held.is_prepared:
            if self._as_wished(held, job, skip):
                return
            self._too_little_to_load(job, message)
            return
        self._loads.forget()
        budget = self._store.jobs.token_budget(job.id) or held.token_budget
        smaller = budget // 2 if budget else FIRST_BUDGET
        if smaller < BUDGET_FLOOR:
            self.fail(job, f"Memory is not enough for {job.name} even {budget} tokens at a time.", SMALLER)
            return
        with self._store.atomic():
            self._store.jobs.put_token_budget(job.id, smaller)
        how = f"It is tried again with {smaller} tokens at a time."
        if not self._as_wished(held, job, skip):
            self._go_on(job, f"Memory ran out. {message} {how}".replace("  ", " "))

    def _too_little_to_load(self, job: Job, message: str) -> None:
        """A smaller budget would not help; other programs may let memory go, but loading is not tried for ever."""
        reason = f"Memory ran out while the model was loaded. {message}".strip()
        if self._loads.allow(job.id, time.monotonic()):
            self._again(job, reason, ROOM)
        else:
            self.fail(job, f"{reason} This was the fourth time.", ROOM)

    def _checkpoint_is_damaged(self, job: Job) -> bool:
        """Whether what the segment stood on has gone bad since it was checked."""
        head = self._store.head.get().checkpoint
        points = {own.checkpoint.id: own for own in self._store.checkpoints.of_job(job.id)[:1]}
        if head is not None:
            points[head.id] = self._store.checkpoints.get(head.id)
        sound = [self._planner.is_sound(point) for point in points.values()]
        return not all(sound)


def without_wish(held: Held) -> Held:
    """What the engine holds once a wish has become a fact."""
    return msgspec.structs.replace(held, wish=None, reason="")
