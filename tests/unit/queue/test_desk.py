"""What users do with waiting jobs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.clock import today
from backend.domain.dataset import Dataset, Report
from backend.domain.job import Job, JobSettings, JobState, Priority, advance
from backend.errors import Refused, WrongUse
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.host import JobChanged
from backend.queue.desk import Desk
from backend.store.store import Store


class Counter:
    """A desk with its store and outbox."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.outbox = Outbox()
        self.desk = Desk(store, self.outbox)

    def queue(self, name: str, priority: Priority = Priority.NORMAL, *, again: bool = False) -> Job:
        dataset = Dataset(sha256=name, name=name, bytes=1, report=Report(rows=4, refused=0))
        return self.desk.enqueue(dataset, priority, JobSettings(), again)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    home = Home(tmp_path)
    store = Store.open(home)
    yield Counter(store)
    store.close()


def test_queued_job_is_stored_before_it_is_told_and_freezes_the_day(counter: Counter) -> None:
    job = counter.queue("a")
    assert counter.outbox.drain() == [JobChanged(job=job)]
    assert counter.store.jobs.get(job.id) == job
    assert (job.rows, job.settings.template_date) == (4, today())


def test_same_content_is_noticed_until_asked_for_again(counter: Counter) -> None:
    first = counter.queue("a")
    with pytest.raises(Refused, match=f"job {first.id}"):
        counter.queue("a")
    assert counter.queue("a", again=True).id != first.id


def test_content_of_an_ended_job_may_be_queued(counter: Counter) -> None:
    counter.desk.remove(counter.queue("a").id)
    assert counter.queue("a").state is JobState.QUEUED


def test_moving_goes_to_the_end_of_the_other_level(counter: Counter) -> None:
    first, second = counter.queue("a"), counter.queue("b", Priority.HIGH)
    counter.desk.set_priority(first.id, Priority.HIGH)
    assert [job.id for job in counter.desk.jobs()] == [second.id, first.id]
    counter.desk.set_priority(second.id, Priority.HIGH)
    assert [job.id for job in counter.desk.jobs()] == [second.id, first.id]


def test_running_job_cannot_be_moved_or_removed(counter: Counter) -> None:
    job = counter.queue("a")
    counter.store.jobs.put(advance(job, JobState.RUNNING))
    with pytest.raises(WrongUse, match="running"):
        counter.desk.set_priority(job.id, Priority.HIGH)
    with pytest.raises(Refused, match="running"):
        counter.desk.remove(job.id)


def test_removed_job_is_out_of_sight_and_cannot_be_removed_twice(counter: Counter) -> None:
    job = counter.queue("a")
    counter.desk.remove(job.id)
    assert counter.desk.jobs() == ()
    with pytest.raises(WrongUse, match="removed already"):
        counter.desk.remove(job.id)
