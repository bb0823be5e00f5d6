"""A failed file is queued again; what went wrong each time is kept."""

import pytest

from backend.domain.job import JobState
from backend.errors import WrongUse
from backend.protocol import host as p
from tests.fakes.queue_parts import Parts


def test_failed_jobs_wait_again_behind_their_level_with_their_step(parts: Parts) -> None:
    jobs = parts.queue("a", "b", "c")
    parts.become(
        jobs[0], JobState.RUNNING, JobState.FAILED, started_at="t", ended_at="t", step=5, attempts=1, reason="NaN"
    )
    assert parts.do(p.RetryJobs(jobs=(1,))) == "a is queued again."
    job = parts.store.jobs.get(1)
    assert (job.state, job.step, job.started_at, job.ended_at, job.reason) == (JobState.QUEUED, 5, None, None, "")
    assert parts.order() == "bca"
    assert parts.trail(job)[-1] == ("retried", "attempt 2, asked for")


def test_only_failed_jobs_are_tried_again_and_all_or_none(parts: Parts) -> None:
    jobs = parts.queue("a", "b")
    parts.become(jobs[0], JobState.FAILED)
    with pytest.raises(WrongUse, match="only failed"):
        parts.do(p.RetryJobs(jobs=(1, 2)))
    assert parts.store.jobs.get(1).state is JobState.FAILED
