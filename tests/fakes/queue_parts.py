"""The queue's parts on one store, for tests: files by name, order by name."""

import msgspec

from backend.domain.dataset import Dataset, Report
from backend.domain.job import Job, JobSettings, JobState, Priority, advance
from backend.outbox import Outbox
from backend.protocol import host as p
from backend.queue.desk import Desk
from backend.queue.requests import QueueRequests
from backend.store.store import Store


def dataset(name: str) -> Dataset:
    """A file that is known by its name alone."""
    return Dataset(sha256=name, name=name, bytes=1, report=Report(rows=4, refused=0))


class Parts:
    """`held` is what the engine holds; `shown` counts how often the board was refreshed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store._db.execute("pragma synchronous=off")  # these tests ask for order, not for durability
        self.outbox = Outbox()
        self.desk = Desk(store, self.outbox)
        self.held: int | None = None
        self.shown = 0
        self.requests = QueueRequests(store, self.outbox, self.desk, JobSettings, lambda: self.held, self._show)

    def _show(self) -> None:
        self.shown += 1

    def queue(self, *names: str, priority: Priority = Priority.NORMAL, again: bool = False) -> list[Job]:
        return [self.desk.enqueue(dataset(name), priority, JobSettings(), again) for name in names]

    def do(self, request: p.QueueRequest) -> str:
        """What the host says of a request that it carries out."""
        reply = self.requests.answer(request)
        assert isinstance(reply, p.Done), reply
        return reply.text

    def order(self, priority: Priority | None = None) -> str:
        """Names in training order, of one level or of all."""
        return "".join(job.name for job in self.desk.jobs() if priority in (None, job.priority))

    def told(self) -> list[Job]:
        """Jobs whose changes were told since the last look."""
        return [event.job for event in self.outbox.drain() if isinstance(event, p.JobChanged)]

    def trail(self, job: Job) -> list[tuple[str, str]]:
        return [(entry.what, entry.reason) for entry in self.store.journal.of_job(job.id)]

    def become(self, job: Job, *states: JobState, **fields: object) -> Job:
        """As training would change it."""
        for state in states:
            job = advance(job, state)
        job = msgspec.structs.replace(job, **fields)
        self.store.jobs.put(job)
        return job
