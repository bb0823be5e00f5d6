"""Answers what clients ask of the queue."""

from collections.abc import Callable

from backend.domain.job import JobSettings
from backend.errors import WrongUse
from backend.protocol import host as p
from backend.queue.desk import Desk
from backend.store.store import Store


class QueueRequests:
    """One case a request; the work is the desk's."""

    def __init__(self, store: Store, desk: Desk, defaults: Callable[[], JobSettings], show: Callable[[], None]) -> None:
        """`defaults` gives the settings of new jobs, `show` puts what waits on the board."""
        self._store = store
        self._desk = desk
        self._defaults = defaults
        self._show = show

    def answer(self, request: p.QueueRequest) -> p.Reply:
        """Raises the UserErrors of the desk."""
        match request:
            case p.Enqueue():
                return self._enqueue(request)
            case p.PlaceJobs(jobs=numbers, priority=priority):
                moved = [self._desk.set_priority(number, priority) for number in numbers]
                return p.Done(text=f"{', '.join(job.name for job in moved)} has {priority.label} priority.")
            case p.RemoveJobs(jobs=numbers):
                removed = [self._desk.remove(number) for number in numbers]
                return p.Done(text=f"{', '.join(job.name for job in removed)} is out of the queue.")
            case p.ListJobs():
                return p.JobsReply(jobs=self._desk.jobs())
            case _:
                raise WrongUse(f"This version does not know {type(request).__name__}.")

    def _enqueue(self, request: p.Enqueue) -> p.Queued:
        settings = request.settings or self._defaults()
        job = self._desk.enqueue(request.dataset, request.priority, settings, request.allow_duplicate)
        self._show()
        return p.Queued(job=job, ahead=self._store.jobs.ahead_of(job))
