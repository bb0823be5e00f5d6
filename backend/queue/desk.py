"""Takes files into the queue, moves them between levels, and takes them out."""

import msgspec

from backend.clock import today, utc_now
from backend.domain.dataset import Dataset
from backend.domain.job import HOLDING, WAITING, Job, JobSettings, JobState, Priority, advance
from backend.errors import Refused, WrongUse
from backend.outbox import Outbox
from backend.protocol.host import JobChanged
from backend.queue.order import in_order
from backend.store.store import Store


class Desk:
    """What users do with waiting jobs; training itself belongs to the trainer."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    def enqueue(self, dataset: Dataset, priority: Priority, settings: JobSettings, allow_duplicate: bool) -> Job:
        """Queue a stored dataset with its settings frozen.

        Raises:
            Refused: the same content waits already and a second time was not asked for.
        """
        store = self._store
        twin = store.jobs.unfinished_with(dataset.sha256)
        if twin is not None and not allow_duplicate:
            raise Refused(
                f"{dataset.name} is in the queue already: {twin.name}, job {twin.id}, {twin.state}.",
                "Queue it again only if it shall be trained twice (--again).",
            )
        if not settings.template_date:
            settings = msgspec.structs.replace(settings, template_date=today())
        job = Job(
            id=0,
            dataset=dataset.sha256,
            name=dataset.name,
            priority=priority,
            position=0,
            state=JobState.QUEUED,
            settings=settings,
            rows=dataset.report.rows,
            created_at=utc_now(),
        )
        with store.atomic():
            store.datasets.put(dataset)
            job = store.jobs.add(job)
            store.journal.add("queued", job.id, f"{priority.label} priority")
        self._outbox.tell(JobChanged(job=job))
        return job

    def set_priority(self, number: int, priority: Priority) -> Job:
        """Move a waiting job to the end of another level. Raises WrongUse for one that does not wait."""
        store = self._store
        job = store.jobs.get(number)
        if job.state not in WAITING:
            raise WrongUse(f"Job {number} is {job.state} and has no place in the queue.", "Only waiting jobs move.")
        if job.priority is priority:
            return job
        position = store.jobs.last_position(priority) + 1
        job = msgspec.structs.replace(job, priority=priority, position=position)
        return self._put(job, "moved", f"to {priority.label} priority")

    def remove(self, number: int) -> Job:
        """Take a job out; the stored file stays. Raises Refused while it trains."""
        job = self._store.jobs.get(number)
        if job.state in HOLDING:
            raise Refused(f"Job {number} is {job.state}.", "Stop or skip it first, then remove it.")
        if job.state not in WAITING | {JobState.FAILED}:
            raise WrongUse(f"Job {number} is {job.state} already.", "There is nothing to take out of the queue.")
        removed = msgspec.structs.replace(advance(job, JobState.REMOVED), ended_at=utc_now())
        return self._put(removed, "removed", "")

    def jobs(self) -> tuple[Job, ...]:
        """In training order; ended ones follow, newest first."""
        return (*in_order(self._store.jobs.live()), *self._store.jobs.ended())

    def next(self) -> Job | None:
        """Whose turn it is."""
        jobs = self._store.jobs
        return jobs.holder() or jobs.stopped() or jobs.first_waiting()

    def _put(self, job: Job, what: str, reason: str) -> Job:
        with self._store.atomic():
            self._store.jobs.put(job)
            self._store.journal.add(what, job.id, reason)
        self._outbox.tell(JobChanged(job=job))
        return job
