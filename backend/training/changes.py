"""Changes a job's state: by the table, stored with its audit entry, then told."""

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec

from backend.clock import utc_now
from backend.domain.job import Job, JobState, Priority, advance
from backend.outbox import Outbox
from backend.protocol.host import JobChanged, Notice
from backend.queue.retries import again
from backend.store.jobs import STRIDE
from backend.store.store import Store


class Changes:
    """The one way in which training moves a job."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Everything inside is stored and told, or nothing of it."""
        with self._outbox.kept_back(), self._store.atomic():
            yield

    def move(self, job: Job, to: JobState, reason: str = "", hint: str = "", **fields: Any) -> Job:
        """Advance `job` as it is stored; raises IllegalTransition."""
        job = self._store.jobs.get(job.id)
        moved = msgspec.structs.replace(advance(job, to), reason=reason, hint=hint, **fields)
        self.put(moved, str(to), reason)
        return moved

    def put(self, job: Job, what: str, reason: str = "") -> None:
        """Store a job with an audit entry, then tell."""
        with self._store.atomic():
            self._store.jobs.put(job)
            self._store.journal.add(what, job.id, reason)
        self._outbox.tell(JobChanged(job=job))

    def skip(self, job: Job, reason: str) -> Job:
        """To the end of the low level, where it goes on later from its step."""
        position = self._store.jobs.last_position(Priority.LOW) + STRIDE
        return self.move(job, JobState.SKIPPED, reason, priority=Priority.LOW, position=position)

    def fail(self, job: Job, reason: str, hint: str) -> Job:
        """Park it; the queue goes on."""
        failed = self.move(job, JobState.FAILED, reason, hint, ended_at=utc_now())
        self.notice("error", f"{job.name} failed: {reason}", hint, job.id)
        return failed

    def try_again(self, job: Job, reason: str, hint: str, most: int) -> Job:
        """Queue it behind its level for another attempt, by itself; the error stays in the audit trail."""
        attempt = f"attempt {job.attempts + 1} of {most}"
        with self._store.atomic():
            self._store.journal.add("failed", job.id, reason)
            waiting = again(self._store.jobs.get(job.id), self._store.jobs.last_position(job.priority) + STRIDE)
            waiting = msgspec.structs.replace(waiting, reason=reason, hint=hint)
            self.put(waiting, "retried", f"{attempt}, by itself")
        self.notice("warning", f"{job.name} failed: {reason}", f"It waits for {attempt}.", job.id)
        return waiting

    def notice(self, level: str, text: str, hint: str = "", job: int | None = None) -> None:
        """Tell the user; kept in the audit trail."""
        with self._store.atomic():
            self._store.journal.add("notice", job, f"{text} {hint}".strip())
        self._outbox.tell(Notice(level=level, text=text, hint=hint, job=job))
