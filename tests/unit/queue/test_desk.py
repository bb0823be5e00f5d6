"""How files arrive: stored before they are told, many at once, the same content noticed."""

import pytest

from backend.clock import today
from backend.domain.job import JobSettings, JobState, Priority
from backend.errors import Refused
from backend.protocol import host as p
from backend.queue.order import in_order
from tests.fakes.queue_parts import Parts, dataset


def many(parts: Parts, *items: p.Enqueue) -> tuple[p.Queued | p.Failure, ...]:
    reply = parts.requests.answer(p.EnqueueMany(items=items))
    assert isinstance(reply, p.QueuedMany), reply
    return reply.outcomes


def wanted(name: str, priority: Priority = Priority.NORMAL, *, again: bool = False) -> p.Enqueue:
    return p.Enqueue(dataset=dataset(name), priority=priority, allow_duplicate=again)


def test_queued_job_is_stored_before_it_is_told_and_freezes_the_day(parts: Parts) -> None:
    [job] = parts.queue("a")
    assert parts.told() == [job]
    assert parts.store.jobs.get(job.id) == job
    assert (job.rows, job.settings.template_date) == (4, today())
    assert parts.trail(job) == [("queued", "normal priority")]


def test_where_a_file_was_found_is_in_its_trail(parts: Parts) -> None:
    many(parts, p.Enqueue(dataset=dataset("a"), priority=Priority.HIGH, origin="inbox/priority/a.jsonl"))
    [job] = parts.desk.jobs()
    assert parts.trail(job) == [("queued", "high priority, from inbox/priority/a.jsonl")]


def test_what_is_noted_with_an_arrival_stands_and_falls_with_it(parts: Parts) -> None:
    def fail(_outcomes: object) -> None:
        raise OSError("the disk fails")

    with pytest.raises(OSError, match="disk"):
        parts.desk.enqueue_all([wanted("a")], JobSettings(), fail)
    assert parts.desk.jobs() == ()
    assert parts.told() == []


def test_same_content_is_noticed_until_asked_for_again(parts: Parts) -> None:
    [first] = parts.queue("a")
    with pytest.raises(Refused, match=f"job {first.id}"):
        parts.queue("a")
    [second] = parts.queue("a", again=True)
    assert second.id != first.id


def test_content_of_an_ended_job_may_be_queued(parts: Parts) -> None:
    [job] = parts.queue("a")
    parts.do(p.RemoveJobs(jobs=(job.id,)))
    assert parts.queue("a")[0].state is JobState.QUEUED


def test_one_that_is_refused_does_not_hold_up_the_others(parts: Parts) -> None:
    parts.queue("a")
    outcomes = many(parts, wanted("b"), wanted("a"), wanted("c"))
    assert [type(outcome) for outcome in outcomes] == [p.Queued, p.Failure, p.Queued]
    failure = outcomes[1]
    assert isinstance(failure, p.Failure)
    assert (failure.exit_status, "job 1" in failure.message) == (3, True)
    assert parts.order() == "abc"


def test_same_content_within_one_batch_is_noticed_and_names_its_twin(parts: Parts) -> None:
    outcomes = many(parts, wanted("a"), wanted("a"), wanted("a", again=True), wanted("a"))
    assert [type(outcome) for outcome in outcomes] == [p.Queued, p.Failure, p.Queued, p.Failure]
    assert all("job 1," in outcome.message for outcome in outcomes if isinstance(outcome, p.Failure))


def test_each_of_a_batch_hears_how_many_go_before_it(parts: Parts) -> None:
    [stopped, *_] = parts.queue("s", "n")
    parts.become(stopped, JobState.RUNNING, JobState.QUEUED, started_at="then", step=3)
    names = [("x", Priority.LOW), ("y", Priority.HIGH), ("z", Priority.LOW), ("w", Priority.NORMAL)]
    outcomes = many(parts, *(wanted(name, priority) for name, priority in names))
    ahead = {outcome.job.name: outcome.ahead for outcome in outcomes if isinstance(outcome, p.Queued)}
    ordered = [job.name for job in in_order(parts.store.jobs.live())]
    assert ordered == ["s", "y", "n", "w", "x", "z"]
    assert ahead == {name: ordered.index(name) for name in "xyzw"}


def test_a_batch_without_settings_takes_the_defaults_and_each_job_is_told_once(parts: Parts) -> None:
    own = p.Enqueue(dataset=dataset("b"), settings=JobSettings(epochs=3, template_date="2026-01-01"))
    many(parts, wanted("a"), own)
    assert [(job.name, job.settings.epochs, job.settings.template_date) for job in parts.told()] == [
        ("a", 1, today()),
        ("b", 3, "2026-01-01"),
    ]
    assert parts.shown == 1


def test_the_first_ones_are_told_apart_from_the_rest_in_the_order_in_which_they_train(parts: Parts) -> None:
    a, _b, c, d = parts.queue("a", "b", "c", "d")
    parts.queue("h", priority=Priority.HIGH)
    parts.become(d, JobState.RUNNING, started_at="2026-01-01T00:00:00.000Z")
    parts.become(c, JobState.RUNNING, JobState.QUEUED, started_at="2026-01-01T00:00:00.000Z")
    parts.become(a, JobState.REMOVED)
    for most in range(6):
        reply = parts.requests.answer(p.ListJobs(first=most))
        assert isinstance(reply, p.JobsReply)
        assert "".join(job.name for job in reply.jobs) == "dchb"[:most]


def test_numbers_of_jobs_never_come_twice(parts: Parts) -> None:
    parts.queue("a", "b")
    parts.do(p.RemoveJobs(jobs=(1, 2)))
    assert [job.id for job in parts.queue("a", "b")] == [3, 4]
