"""Takes files into the queue, one or many in one transaction, and says whose turn it is."""

from collections.abc import Callable, Sequence

import msgspec

from backend.clock import today, utc_now
from backend.domain.dataset import Dataset
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.errors import AlreadyQueued
from backend.outbox import Outbox
from backend.protocol.host import Enqueue, JobChanged
from backend.queue.order import in_order
from backend.store.store import Store


class Desk:
    """Where files arrive; what users do with them afterwards lies beside it."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    def enqueue(self, dataset: Dataset, priority: Priority, settings: JobSettings, allow_duplicate: bool) -> Job:
        """Queue a stored dataset with its settings frozen.

        Raises:
            AlreadyQueued: the same content waits already and a second time was not asked for.
        """
        request = Enqueue(dataset=dataset, priority=priority, settings=settings, allow_duplicate=allow_duplicate)
        [outcome] = self.enqueue_all([request], settings)
        if isinstance(outcome, AlreadyQueued):
            raise outcome
        return outcome

    def enqueue_all(
        self,
        requests: Sequence[Enqueue],
        defaults: JobSettings,
        note: Callable[[Sequence[Job | AlreadyQueued]], object] | None = None,
    ) -> list[Job | AlreadyQueued]:
        """Queue stored datasets in one transaction; what is refused does not hold up the others.

        The outcomes stand in the order of the requests.

        Args:
            note: stores what belongs to the same transaction.
        """
        store = self._store
        outcomes: list[Job | AlreadyQueued] = []
        with store.atomic():
            known = store.jobs.unfinished_with({each.dataset.sha256 for each in requests})
            fresh = _welcome(requests, set(known))
            store.datasets.put_all(each.dataset for each in fresh)
            jobs = store.jobs.add_all(_jobs(fresh, defaults))
            store.journal.add_all("queued", map(_arrival, jobs, fresh))
            known = {job.dataset: job.id for job in reversed(jobs)} | known
            pairs = zip(fresh, jobs, strict=True)
            following = next(pairs, None)
            for request in requests:
                if following is not None and request is following[0]:
                    outcomes.append(following[1])
                    following = next(pairs, None)
                else:
                    outcomes.append(_refusal(request.dataset, store.jobs.get(known[request.dataset.sha256])))
            if note is not None:
                note(outcomes)
        for job in jobs:
            self._outbox.tell(JobChanged(job=job))
        return outcomes

    def jobs(self) -> tuple[Job, ...]:
        """In training order; ended ones follow, newest first."""
        return (*in_order(self._store.jobs.live()), *self._store.jobs.ended())

    def next_ones(self, most: int) -> tuple[Job, ...]:
        """The first of those that will train; it costs nothing that many others wait."""
        jobs = self._store.jobs
        before = [job for job in (jobs.holder(), jobs.stopped()) if job is not None]
        return (*before, *jobs.first_by_place(most))[:most]

    def next(self) -> Job | None:
        """Whose turn it is."""
        jobs = self._store.jobs
        return jobs.holder() or jobs.stopped() or jobs.first_waiting()


def _welcome(requests: Sequence[Enqueue], waiting: set[str]) -> list[Enqueue]:
    """Those whose content is new, or wanted a second time."""
    fresh: list[Enqueue] = []
    for request in requests:
        if request.allow_duplicate or request.dataset.sha256 not in waiting:
            fresh.append(request)
            waiting.add(request.dataset.sha256)
    return fresh


def _jobs(requests: Sequence[Enqueue], defaults: JobSettings) -> list[Job]:
    """Jobs without number and place; they freeze the day that a template may print."""
    now, day = utc_now(), today()
    dated = _dated(defaults, day)
    return [
        Job(
            id=0,
            dataset=request.dataset.sha256,
            name=request.dataset.name,
            priority=request.priority,
            position=0,
            state=JobState.QUEUED,
            settings=dated if request.settings is None else _dated(request.settings, day),
            rows=request.dataset.report.rows,
            created_at=now,
        )
        for request in requests
    ]


def _arrival(job: Job, request: Enqueue) -> tuple[int, str]:
    """Job number and reason for the audit trail."""
    level = f"{job.priority.label} priority"
    return job.id, f"{level}, from {request.origin}" if request.origin else level


def _dated(settings: JobSettings, day: str) -> JobSettings:
    return settings if settings.template_date else msgspec.structs.replace(settings, template_date=day)


def _refusal(dataset: Dataset, twin: Job) -> AlreadyQueued:
    return AlreadyQueued(
        f"{dataset.name} is in the queue already: {twin.name}, job {twin.id}, {twin.state}.",
        "Queue it again only if it shall be trained twice (--again).",
        twin.id,
    )
