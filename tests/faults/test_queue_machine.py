"""Any requests in any order leave the queue as plain lists say (hypothesis).

The same ones each time; ESPALIER_RACES=100 tries a hundred times as many, others each time.

Training is played: jobs change as it would change them, without engine or host.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from backend.domain.job import JobState, Priority
from backend.errors import UserError
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.host import Direction
from backend.store.store import Store
from backend.training.changes import Changes
from tests.fakes.queue_parts import Parts, dataset
from tests.faults.machines import require_no_failure
from tests.faults.queue_model import Known, NotAllowed, QueueModel

NAMES = "abcdefghij"
levels = st.sampled_from(Priority)
picks = st.lists(st.integers(0, 30), min_size=1, max_size=2) | st.lists(st.integers(0, 30), min_size=3, max_size=4)
"""Which jobs a request names: places in the list of all, taken round."""


class QueueMachine(RuleBasedStateMachine):
    """One queue and its model."""

    template: Path
    """A database with its tables, made once."""

    @initialize(filled=st.lists(st.sampled_from([*Priority, Priority.NORMAL]), min_size=4, max_size=len(NAMES)))
    def begin(self, filled: list[Priority]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="queue-"))
        shutil.copy(self.template, self.folder)
        self.model = QueueModel()
        self._open()
        for name, level in zip(NAMES, filled, strict=False):
            self.add([name], level, again=False)

    def _open(self) -> None:
        self.parts = Parts(Store.open(Home(self.folder)))
        self.changes = Changes(self.parts.store, self.parts.outbox)

    @rule(names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), level=levels, again=st.booleans())
    def add(self, names: list[str], level: Priority, again: bool) -> None:
        items = tuple(p.Enqueue(dataset=dataset(name), priority=level, allow_duplicate=again) for name in names)
        reply = self.parts.requests.answer(p.EnqueueMany(items=items))
        assert isinstance(reply, p.QueuedMany)
        welcome = self.model.welcomes(names, again)
        assert [isinstance(outcome, p.Queued) for outcome in reply.outcomes] == welcome
        for outcome, name in zip(reply.outcomes, names, strict=True):
            if isinstance(outcome, p.Queued):
                self.model.add(outcome.job.id, name, level)
                assert outcome.ahead == self.model.order().index(outcome.job.id)

    @precondition(lambda self: self.model.jobs)
    @rule(picks=picks, direction=st.sampled_from(Direction))
    def move(self, picks: list[int], direction: Direction) -> None:
        numbers = self._named(picks)
        self._ask(p.MoveJobs(jobs=numbers, direction=direction), lambda: self.model.move(numbers, direction))

    @precondition(lambda self: self.model.jobs)
    @rule(picks=picks, level=st.none() | levels, before=st.none() | st.integers(0, 30))
    def place(self, picks: list[int], level: Priority | None, before: int | None) -> None:
        """Without a level it is that of the job to stand before."""
        numbers, target = self._named(picks), None
        if before is not None:
            [target] = self._named([before])
        if level is None:
            level = Priority.NORMAL if target is None else self.model.jobs[target].level
        request = p.PlaceJobs(jobs=numbers, priority=level, before=target)
        self._ask(request, lambda: self.model.place(numbers, level, target))

    @precondition(lambda self: self.model.jobs)
    @rule(picks=picks)
    def remove(self, picks: list[int]) -> None:
        numbers = self._named(picks)
        self._ask(p.RemoveJobs(jobs=numbers), lambda: self.model.remove(numbers, None))

    @precondition(lambda self: self._all_in(JobState.REMOVED))
    @rule(picks=picks)
    def restore(self, picks: list[int]) -> None:
        numbers = self._named(picks, self._all_in(JobState.REMOVED))
        self._ask(p.RestoreJobs(jobs=numbers), lambda: self.model.restore(numbers))

    @precondition(lambda self: self.model.jobs)
    @rule(picks=picks)
    def retry(self, picks: list[int]) -> None:
        numbers = self._named(picks, self._all_in(JobState.FAILED) or [*self.model.jobs])
        self._ask(p.RetryJobs(jobs=numbers), lambda: self.model.retry(numbers))

    @precondition(lambda self: self.model.jobs)
    @rule(pick=st.integers(0, 30), epochs=st.integers(1, 3))
    def edit(self, pick: int, epochs: int) -> None:
        [number] = self._named([pick])
        self._ask(p.EditJob(job=number, changes={"epochs": str(epochs)}), lambda: self.model.edit(number, epochs))

    @precondition(lambda self: self.model.order() and self.model.holder() is None)
    @rule(step=st.integers(0, 2))
    def begin_next(self, step: int) -> None:
        known = self.model.next()
        assert known is not None
        known.state, known.begun, known.step = JobState.RUNNING, True, known.step + step
        job = self.parts.desk.next()
        assert job is not None
        assert job.id == known.number
        self.changes.move(job, JobState.RUNNING, started_at="then", step=known.step)

    @precondition(lambda self: self.model.holder() is not None)
    @rule(to=st.sampled_from([JobState.DONE, JobState.FAILED, JobState.QUEUED, JobState.PAUSED, JobState.SKIPPED]))
    def end(self, to: JobState) -> None:
        known = self._holder()
        job = self.parts.store.jobs.get(known.number)
        if known.state is JobState.PAUSED and to in (JobState.DONE, JobState.PAUSED):
            to = JobState.RUNNING
        if to is JobState.SKIPPED:
            self.changes.skip(job, "")
            self.model.skip(known)
        else:
            self.changes.move(job, to)
            known.state = to

    @precondition(lambda self: self.model.holder() is not None)
    @rule()
    def fail_and_wait_again(self) -> None:
        known = self._holder()
        self.changes.try_again(self.parts.store.jobs.get(known.number), "an error", "", 3)
        self.model.wait_again(known)

    @rule()
    def reopen(self) -> None:
        self.parts.store.close()
        self._open()

    @invariant()
    def is_what_the_lists_say(self) -> None:
        jobs = {job.id: job for job in self.parts.desk.jobs()}
        order = self.model.order()
        assert [*jobs][: len(order)] == order
        following = self.parts.desk.next()
        assert (following.id if following else None) == (order[0] if order else None)
        for known in self.model.jobs.values():
            job = self.parts.store.jobs.get(known.number)
            assert (job.dataset, job.state, job.step) == (known.content, known.state, known.step)
            assert job.settings.epochs == known.epochs
            if known.waits_by_place:
                assert job.priority is known.level
        places = [(job.priority, job.position) for job in jobs.values() if self.model.jobs[job.id].waits_by_place]
        assert len(places) == len(set(places))

    def teardown(self) -> None:
        if hasattr(self, "parts"):
            self.parts.store.close()
            shutil.rmtree(self.folder)

    def _ask(self, request: p.QueueRequest, change: Callable[[], None]) -> None:
        """Both do it, or both refuse it."""
        try:
            change()
        except NotAllowed:
            with pytest.raises(UserError):
                self.parts.requests.answer(request)
        else:
            self.parts.do(request)

    def _named(self, picks: list[int], among: list[int] | None = None) -> tuple[int, ...]:
        numbers = among or [*self.model.jobs]
        return tuple(dict.fromkeys(numbers[pick % len(numbers)] for pick in picks))

    def _all_in(self, state: JobState) -> list[int]:
        return [job.number for job in self.model.jobs.values() if job.state is state]

    def _holder(self) -> Known:
        holder = self.model.holder()
        assert holder is not None
        return holder


def test_any_requests_leave_the_queue_as_plain_lists_say(tmp_path: Path) -> None:
    Store.open(Home(tmp_path)).close()
    QueueMachine.template = Home(tmp_path).database
    require_no_failure(QueueMachine, examples=250, steps=30)
