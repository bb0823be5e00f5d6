"""Queues failed and undone jobs again; every attempt's error stays in the audit trail."""

from collections.abc import Sequence

import msgspec

from backend.domain.job import Job, JobState, advance
from backend.errors import WrongUse
from backend.outbox import Outbox
from backend.queue.batch import changing
from backend.queue.places import Places
from backend.store.store import Store


class Retries:
    """All jobs of one call or none."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox
        self._places = Places(store)

    def retry(self, numbers: Sequence[int]) -> list[Job]:
        """To the end of their levels; a failed one goes on from its last good checkpoint, an undone one begins anew.

        Raises:
            WrongUse: one has not failed and was not undone.
        """
        queued: list[Job] = []
        with changing(self._store, self._outbox) as batch:
            for job in map(self._store.jobs.get, dict.fromkeys(numbers)):
                if job.state not in (JobState.FAILED, JobState.UNDONE):
                    raise WrongUse(
                        f"Job {job.id} is {job.state}; only failed and undone ones are tried again.",
                        "`espalier queue list` shows which those are.",
                    )
                [position] = self._places.at_end(job.priority, 1)
                queued.append(again(job, position))
                batch.put(queued[-1], "retried", f"attempt {job.attempts + 1}, asked for")
        return queued


def again(job: Job, position: int) -> Job:
    """A job as it waits for its next attempt. Without a start it has no turn before its place."""
    waiting = advance(job, JobState.QUEUED)
    return msgspec.structs.replace(waiting, position=position, reason="", hint="", started_at=None, ended_at=None)
