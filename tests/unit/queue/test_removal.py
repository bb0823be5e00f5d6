"""Taking jobs out and putting them back: all or nothing, and back means as it was."""

import msgspec
import pytest

from backend.domain.job import JobState, Priority
from backend.errors import Refused, WrongUse
from backend.protocol import host as p
from backend.protocol.host import Direction
from tests.fakes.queue_parts import Parts


def test_removed_jobs_are_out_of_sight_and_come_back_where_they_stood(parts: Parts) -> None:
    jobs = parts.queue(*"abcd") + parts.queue("x", priority=Priority.LOW)
    text = parts.do(p.RemoveJobs(jobs=(2, 3, 5)))
    assert (text, parts.order()) == ("3 files are out of the queue.", "ad")
    parts.do(p.RestoreJobs(jobs=(5, 3, 2)))
    assert parts.order() == "abcdx"
    assert [parts.store.jobs.get(job.id) for job in jobs] == jobs
    assert parts.trail(jobs[1])[1:] == [("removed", "it was queued"), ("restored", "it is queued again")]


def test_a_removed_job_keeps_its_place_while_others_make_way(parts: Parts) -> None:
    parts.queue(*"abcdef")
    parts.do(p.RemoveJobs(jobs=(3,)))
    for _ in range(60):
        parts.do(p.PlaceJobs(jobs=(5,), priority=Priority.NORMAL, before=4))
        parts.do(p.PlaceJobs(jobs=(6,), priority=Priority.NORMAL, before=4))
    parts.do(p.RestoreJobs(jobs=(3,)))
    assert parts.order().index("b") < parts.order().index("c") < parts.order().index("d")


def test_a_begun_job_keeps_its_place_until_it_is_stopped(parts: Parts) -> None:
    jobs = parts.queue(*"abcd")
    begun = parts.become(jobs[1], JobState.RUNNING, started_at="then")
    parts.do(p.PlaceJobs(jobs=(4,), priority=Priority.NORMAL, before=3))
    parts.become(begun, JobState.QUEUED)
    assert parts.order() == "badc"
    assert len({job.position for job in parts.desk.jobs()}) == 4


def test_an_undone_job_keeps_its_place_until_redo(parts: Parts) -> None:
    jobs = parts.queue(*"abcd")
    before = parts.become(jobs[1], JobState.SKIPPED)
    parts.become(before, JobState.UNDONE)
    parts.do(p.PlaceJobs(jobs=(4,), priority=Priority.NORMAL, before=3))
    parts.store.jobs.put(before)
    assert parts.order() == "abdc"
    assert len({job.position for job in parts.desk.jobs()}) == 4


def test_moving_past_a_removed_job_leaves_it_where_it_was(parts: Parts) -> None:
    parts.queue(*"abc")
    parts.do(p.RemoveJobs(jobs=(1,)))
    parts.do(p.MoveJobs(jobs=(3,), direction=Direction.TOP))
    parts.do(p.RestoreJobs(jobs=(1,)))
    assert parts.order() in ("acb", "cab")


@pytest.mark.parametrize(
    ("life", "back"),
    [
        ((JobState.SKIPPED,), JobState.SKIPPED),
        ((JobState.FAILED,), JobState.FAILED),
        ((JobState.RUNNING, JobState.PAUSED), JobState.QUEUED),
        ((JobState.RUNNING, JobState.INTERRUPTED), JobState.QUEUED),
    ],
)
def test_each_comes_back_in_its_state_and_a_begun_one_waits_to_go_on(
    parts: Parts, life: tuple[JobState, ...], back: JobState
) -> None:
    jobs = parts.queue("a", "b")
    ended_at = "then" if back is JobState.FAILED else None
    before = parts.become(jobs[1], *life, started_at="then", step=7, ended_at=ended_at, reason="why")
    parts.do(p.RemoveJobs(jobs=(2,)))
    parts.do(p.RestoreJobs(jobs=(2,)))
    assert parts.store.jobs.get(2) == msgspec.structs.replace(before, state=back)
    if life[0] is JobState.RUNNING:
        assert parts.order() == "ba"


def test_what_the_engine_holds_is_not_removed_and_neither_is_anything_with_it(parts: Parts) -> None:
    jobs = parts.queue("a", "b", "c")
    parts.become(jobs[1], JobState.RUNNING, started_at="then")
    parts.told()
    with pytest.raises(Refused, match="running"):
        parts.do(p.RemoveJobs(jobs=(1, 2)))
    paused = parts.become(parts.store.jobs.get(2), JobState.PAUSED)
    parts.held = paused.id
    with pytest.raises(Refused, match="paused"):
        parts.do(p.RemoveJobs(jobs=(1, 2)))
    assert (parts.order(), parts.told()) == ("bac", [])
    parts.held = None
    parts.do(p.RemoveJobs(jobs=(1, 2)))
    assert parts.order() == "c"


def test_only_removed_jobs_are_restored_and_nothing_is_removed_twice(parts: Parts) -> None:
    parts.queue("a", "b")
    parts.do(p.RemoveJobs(jobs=(1,)))
    with pytest.raises(WrongUse, match="removed already"):
        parts.do(p.RemoveJobs(jobs=(2, 1)))
    with pytest.raises(WrongUse, match="queued, not removed"):
        parts.do(p.RestoreJobs(jobs=(1, 2)))
    assert parts.order() == "b"
