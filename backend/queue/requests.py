"""Answers what clients ask of the queue."""

from collections import Counter
from collections.abc import Callable, Sequence

from backend.domain.job import Job, JobSettings, Priority
from backend.errors import AlreadyQueued
from backend.outbox import Outbox
from backend.protocol import host as p
from backend.queue.desk import Desk
from backend.queue.edits import Edits
from backend.queue.moves import WORDS, Moves
from backend.queue.removal import Removal
from backend.queue.retries import Retries
from backend.queue.twins import twins_of
from backend.store.store import Store


class QueueRequests:
    """One case a request; the work is done by the parts."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        desk: Desk,
        defaults: Callable[[], JobSettings],
        held: Callable[[], int | None],
        show: Callable[[], None],
    ) -> None:
        """Put the parts together.

        Args:
            defaults: gives the settings of new jobs.
            held: gives the job that the engine holds.
            show: puts what waits on the board.
        """
        self._store = store
        self._outbox = outbox
        self._desk = desk
        self._moves = Moves(store, outbox)
        self._removal = Removal(store, outbox, held)
        self._retries = Retries(store, outbox)
        self._edits = Edits(store, outbox)
        self._defaults = defaults
        self._show = show

    def answer(self, request: p.QueueRequest) -> p.Reply:
        """Raises the UserErrors of the parts."""
        match request:
            case p.ListJobs(first=first):
                return p.JobsReply(jobs=self._desk.jobs() if first is None else self._desk.next_ones(first))
            case p.GetHistory(job=job, last=last, after=after, before=before):
                if job is not None:
                    self._store.jobs.get(job)
                return p.HistoryReply(entries=tuple(self._store.journal.latest(last, job, after, before)))
            case _:
                reply = self._change(request)
                self._show()
                return reply

    def _change(
        self,
        request: p.Enqueue
        | p.EnqueueMany
        | p.MoveJobs
        | p.PlaceJobs
        | p.RemoveJobs
        | p.RestoreJobs
        | p.RetryJobs
        | p.EditJob,
    ) -> p.Reply:
        match request:
            case p.Enqueue():
                return self._enqueue(request)
            case p.EnqueueMany(items=items):
                return self._enqueue_many(items)
            case p.MoveJobs(jobs=numbers, direction=direction):
                moved = self._moves.move(numbers, direction)
                return p.Done(text=f"{_named(moved)} moved {WORDS[direction]}.")
            case p.PlaceJobs(jobs=numbers, priority=priority, before=before):
                placed = self._moves.place(numbers, priority, before)
                return p.Done(text=f"{_named(placed)} {_has(placed)} {priority.label} priority.")
            case p.RemoveJobs(jobs=numbers):
                removed = self._removal.remove(numbers)
                return p.Done(text=f"{_named(removed)} {_is(removed)} out of the queue.")
            case p.RestoreJobs(jobs=numbers):
                restored = self._removal.restore(numbers)
                return self._with_twins(restored, f"{_named(restored)} {_is(restored)} back in the queue.")
            case p.RetryJobs(jobs=numbers):
                retried = self._retries.retry(numbers)
                return self._with_twins(retried, f"{_named(retried)} {_is(retried)} queued again.")
            case p.EditJob(job=number, changes=changes):
                edited = self._edits.edit(number, changes)
                values = ", ".join(f"{name} = {getattr(edited.settings, name)}" for name in changes)
                return p.Done(text=f"{edited.name} trains with {values}.")

    def _with_twins(self, jobs: Sequence[Job], text: str) -> p.Done:
        twins = twins_of(self._store, jobs)
        if twins:
            self._outbox.tell(
                p.Notice(level="warning", text=f"{text} {twins}", hint="Remove one of them, or train it twice.")
            )
        return p.Done(text=f"{text} {twins}".rstrip())

    def _enqueue(self, request: p.Enqueue) -> p.Queued:
        settings = request.settings or self._defaults()
        job = self._desk.enqueue(request.dataset, request.priority, settings, request.allow_duplicate)
        before = self._store.jobs.trained_with([job.dataset])
        return p.Queued(job=job, ahead=self._store.jobs.ahead_of(job), trained_as=before.get(job.dataset))

    def _enqueue_many(self, items: Sequence[p.Enqueue]) -> p.QueuedMany:
        """New jobs stand together at the ends of their levels, so that counting once a level is enough."""
        outcomes = self._desk.enqueue_all(items, self._defaults())
        trained = self._store.jobs.trained_with({each.dataset.sha256 for each in items})
        before: dict[Priority, int] = {}
        so_far: Counter[Priority] = Counter()
        replies: list[p.Queued | p.Failure] = []
        for outcome in outcomes:
            if isinstance(outcome, AlreadyQueued):
                replies.append(p.failure_of(outcome))
                continue
            if outcome.priority not in before:
                before[outcome.priority] = self._store.jobs.ahead_of(outcome)
            ahead = before[outcome.priority] + so_far[outcome.priority]
            replies.append(p.Queued(job=outcome, ahead=ahead, trained_as=trained.get(outcome.dataset)))
            so_far[outcome.priority] += 1
        return p.QueuedMany(outcomes=tuple(replies))


def _named(jobs: Sequence[Job]) -> str:
    return jobs[0].name if len(jobs) == 1 else f"{len(jobs):,} files"


def _is(jobs: Sequence[Job]) -> str:
    return "is" if len(jobs) == 1 else "are"


def _has(jobs: Sequence[Job]) -> str:
    return "has" if len(jobs) == 1 else "have"
