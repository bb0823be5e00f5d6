"""Takes jobs out of the queue, and puts them back to where they stood."""

from collections.abc import Callable, Sequence

import msgspec

from backend.clock import utc_now
from backend.domain.job import ENDED, TRANSITIONS, Job, JobState, advance
from backend.errors import Refused, WrongUse
from backend.outbox import Outbox
from backend.queue.batch import changing
from backend.store.store import Store


class Removal:
    """All jobs of one call or none. Stored files stay, and so do checkpoints."""

    def __init__(self, store: Store, outbox: Outbox, held: Callable[[], int | None]) -> None:
        """`held` gives the job that the engine holds."""
        self._store = store
        self._outbox = outbox
        self._held = held

    def remove(self, numbers: Sequence[int]) -> list[Job]:
        """Take them out.

        Raises:
            Refused: one is in training, or paused with the engine still holding it.
            WrongUse: one is done or removed already.
        """
        removed: list[Job] = []
        with changing(self._store, self._outbox) as batch:
            for job in map(self._store.jobs.get, dict.fromkeys(numbers)):
                if job.state is JobState.RUNNING or job.id == self._held():
                    raise Refused(f"Job {job.id} is {job.state}.", "Stop or skip it first, then remove it.")
                if JobState.REMOVED not in TRANSITIONS[job.state]:
                    raise WrongUse(
                        f"Job {job.id} is {job.state} already.", "There is nothing to take out of the queue."
                    )
                gone = msgspec.structs.replace(
                    advance(job, JobState.REMOVED), removed_from=job.state, ended_at=job.ended_at or utc_now()
                )
                batch.put(gone, "removed", f"it was {job.state}")
                removed.append(gone)
        return removed

    def restore(self, numbers: Sequence[int]) -> list[Job]:
        """Undo a removal: same level, place and state; one that was paused or interrupted waits to go on from its step.

        A begun one is next again unless another was begun meanwhile, which only a skip or a removal lets it pass.

        Raises:
            WrongUse: one was not removed.
        """
        restored: list[Job] = []
        with changing(self._store, self._outbox) as batch:
            for job in map(self._store.jobs.get, dict.fromkeys(numbers)):
                if job.state is not JobState.REMOVED:
                    raise WrongUse(f"Job {job.id} is {job.state}, not removed.", "There is nothing to put back.")
                origin = job.removed_from
                state = origin if origin in TRANSITIONS[JobState.REMOVED] else JobState.QUEUED
                ended_at = job.ended_at if state in ENDED else None
                other = self._store.jobs.holder() or self._store.jobs.stopped()
                started_at = None if other is not None and state is JobState.QUEUED else job.started_at
                back = msgspec.structs.replace(
                    advance(job, state), removed_from=None, ended_at=ended_at, started_at=started_at
                )
                batch.put(back, "restored", f"it is {state} again")
                restored.append(back)
        return restored
