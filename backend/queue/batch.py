"""Changes to several waiting jobs: all or nothing, each with its audit entry, told after the commit."""

import contextlib
from collections.abc import Iterator

from backend.domain.job import Job, Priority
from backend.outbox import Outbox
from backend.protocol.host import JobChanged
from backend.store.store import Store


class Batch:
    """What one request has changed so far; `changing` makes it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.changed: list[int] = []
        """Numbers, in the order of their first change."""

    def put(self, job: Job, what: str, reason: str = "") -> None:
        """Write a job as it now is."""
        self._store.jobs.put(job)
        self._store.journal.add(what, job.id, reason)
        self._note(job.id)

    def place(self, number: int, priority: Priority, position: int) -> None:
        """Give a job another place. Whether that is worth an audit entry is for the caller to say."""
        self._store.jobs.place(number, priority, position)
        self._note(number)

    def _note(self, number: int) -> None:
        if number not in self.changed:
            self.changed.append(number)


@contextlib.contextmanager
def changing(store: Store, outbox: Outbox) -> Iterator[Batch]:
    """One transaction; an error inside leaves everything as it was and tells nothing."""
    batch = Batch(store)
    with store.atomic():
        yield batch
    for number in batch.changed:
        outbox.tell(JobChanged(job=store.jobs.get(number)))
