"""What a new host does about the one before it: wait for its engine, then make the database and the folders agree."""

import logging
import time
from collections.abc import Callable

import msgspec
import psutil

from backend import leftovers
from backend.domain.job import Job, JobState
from backend.errors import Refused
from backend.evolution.hearing import EvolutionHearing
from backend.head.adoption import Adoption
from backend.head.keeper import HeadKeeper
from backend.locks import is_held
from backend.paths import Home
from backend.store.store import Store
from backend.supervisor.engine import EngineCard
from backend.training.changes import Changes
from backend.training.goal import Goal

log = logging.getLogger(__name__)
ORPHAN_SECONDS = 120.0
LOOK_SECONDS = 0.2


class Recovery:
    """Rolls forward what is whole on disk, puts away what is not. Doing it twice equals doing it once."""

    def __init__(
        self,
        home: Home,
        store: Store,
        adoption: Adoption,
        keeper: HeadKeeper,
        changes: Changes,
        goal: Goal,
        evolution: EvolutionHearing,
        operations: Callable[[], object],
    ) -> None:
        """`operations` rolls those that never ended forward or back."""
        self._home = home
        self._store = store
        self._adoption = adoption
        self._keeper = keeper
        self._changes = changes
        self._goal = goal
        self._evolution = evolution
        self._operations = operations
        self._since = time.monotonic()
        self._looked = -LOOK_SECONDS
        self._killed = False
        self.done = False

    def tick(self) -> bool:
        """Recover as soon as no engine of an earlier host is left; True once that is done."""
        if self.done or time.monotonic() - self._looked < LOOK_SECONDS:
            return self.done
        self._looked = time.monotonic()
        if is_held(self._home.engine_lock):
            if time.monotonic() - self._since > ORPHAN_SECONDS and not self._killed:
                self._killed = True
                end_orphan(self._home)
            return False
        self._recover()
        self.done = True
        return True

    def require_done(self) -> None:
        """For what moves the head. Raises Refused while an engine of an earlier host may still save a step onto it."""
        if not self.done:
            raise Refused(
                "The engine of an earlier host still saves what it trained, and the head moves with it.",
                "Try again in a moment.",
            )

    def _recover(self) -> None:
        leftovers.remove_of_host(self._home)
        leftovers.remove_of_engine(self._home)
        open_segments = self._store.segments.open()
        begun = [job.id for job in self._store.jobs.begun()]
        for number in dict.fromkeys([*begun, *(job for job, _ in open_segments)]):
            self._adoption.of(self._store.jobs.get(number))
        for number, segment in open_segments:
            self._store.segments.end(number, segment, None)
        for number in begun:
            job = self._store.jobs.get(number)
            if job.state is JobState.RUNNING:
                self._interrupt(job)
            if (skip := self._goal.take_skip(number)) is not None:
                self._changes.skip(job, skip)
        self._operations()
        self._evolution.catch_up()
        self._keeper.show()

    def _interrupt(self, job: Job) -> None:
        job = self._changes.move(job, JobState.INTERRUPTED, "The program ended while it trained.")
        if not self._goal.training:
            self._changes.move(job, JobState.QUEUED, job.reason)
        text = f"{job.name} was interrupted at step {job.step}; it goes on from there."
        self._changes.notice("warning", text, "", job.id)


def end_orphan(home: Home) -> None:
    """End the engine that an earlier host left, if its process is still the one that was recorded."""
    try:
        card = msgspec.json.decode(home.engine_card.read_bytes(), type=EngineCard)
        process = psutil.Process(card.pid)
        if abs(process.create_time() - card.created) < 1.0:
            log.warning("The engine of an earlier host (process %d) does not leave and is ended.", card.pid)
            process.kill()
    except (FileNotFoundError, UnicodeError, msgspec.MsgspecError, psutil.NoSuchProcess):
        log.warning("An engine holds %s, and its process is not known.", home.engine_lock)
