"""The order of the queue, said once over plain lists and once by the database's indexes."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.dataset import Dataset, Report
from backend.domain.job import HOLDING, Job, JobSettings, JobState, Priority
from backend.queue.order import choose_next, in_order
from backend.store.database import open_database
from backend.store.store import Store


def job(number: int, priority: Priority, state: JobState, *, begun: bool) -> Job:
    return Job(
        id=number,
        dataset="d",
        name=f"job {number}",
        priority=priority,
        position=number,
        state=state,
        settings=JobSettings(),
        started_at="then" if begun or state in HOLDING else None,
    )


@st.composite
def queues(draw: st.DrawFn) -> list[Job]:
    """Any queue in which at most one job holds the head or was stopped."""
    states = [JobState.QUEUED, JobState.SKIPPED, JobState.DONE, JobState.FAILED, JobState.REMOVED]
    size = draw(st.integers(0, 12))
    jobs = [job(n, draw(st.sampled_from(Priority)), draw(st.sampled_from(states)), begun=False) for n in range(1, size)]
    if draw(st.booleans()):
        begun = draw(st.sampled_from([*sorted(HOLDING), JobState.QUEUED]))
        jobs.append(job(99, draw(st.sampled_from(Priority)), begun, begun=True))
    return draw(st.permutations(jobs))


@given(queues())
def test_begun_first_then_level_then_arrival(jobs: list[Job]) -> None:
    ordered = in_order(jobs)
    assert {entry.id for entry in ordered} == {
        entry.id for entry in jobs if entry.state in HOLDING | {JobState.QUEUED, JobState.SKIPPED}
    }
    assert [entry.id for entry in ordered if entry.id == 99] == [entry.id for entry in ordered[:1] if entry.id == 99]
    waiting = [(entry.priority, entry.position) for entry in ordered if entry.id != 99]
    assert waiting == sorted(waiting)


@settings(max_examples=60, deadline=None)
@given(queues())
def test_database_chooses_the_same(tmp_path_factory: pytest.TempPathFactory, jobs: list[Job]) -> None:
    connection = open_database(tmp_path_factory.getbasetemp() / "order.db")
    store = Store(connection)
    connection.execute("begin")
    connection.execute("delete from jobs")
    store.datasets.put(Dataset(sha256="d", name="d", bytes=1, report=Report(rows=1, refused=0)))
    stored = []
    for entry in jobs:
        added = store.jobs.add(entry)
        store.jobs.put(msgspec.structs.replace(added, position=entry.position))
        stored.append(store.jobs.get(added.id))
    chosen = store.jobs.holder() or store.jobs.stopped() or store.jobs.first_waiting()
    expected = choose_next(stored)
    assert chosen == expected
    for place, entry in enumerate(in_order(stored)):
        if entry.state not in HOLDING and entry.started_at is None:
            assert store.jobs.ahead_of(entry) == place
    connection.execute("rollback")
    connection.close()
