"""What a command makes of the answers to a save, and of an end without one."""

import msgspec
import pytest

from backend.cli.control import End, said
from backend.cli.controls import SAVE, at_saved_step
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.domain.status import HostState, Status
from backend.errors import UserError
from backend.protocol.engine import Saved
from backend.protocol.host import HostEvent, JobChanged

JOB = Job(
    id=7,
    dataset="d",
    name="long.jsonl",
    priority=Priority.NORMAL,
    position=1,
    state=JobState.RUNNING,
    settings=JobSettings(),
    step=5,
    total_steps=9,
)


def changed(state: JobState, reason: str = "", hint: str = "") -> JobChanged:
    return JobChanged(job=msgspec.structs.replace(JOB, state=state, reason=reason, hint=hint))


def reached(*events: HostEvent) -> bool:
    return SAVE.reached(HostState.TRAINING, list(events), JOB.id)


def words(*events: HostEvent) -> str:
    assert reached(*events)
    return said(SAVE, End(status=Status(), job=at_saved_step(list(events), JOB)), 2)


def test_the_answer_is_said_with_its_step() -> None:
    assert words(Saved(job=7, step=4)) == "Saved long.jsonl at step 4/9."
    assert words(Saved(job=7, step=4), changed(JobState.QUEUED)) == "Saved long.jsonl at step 4/9."


def test_before_the_first_step_nothing_is_said_to_be_saved() -> None:
    assert "nothing to save yet" in words(Saved(job=7, step=0))


def test_other_jobs_and_a_pause_are_no_answer() -> None:
    other = JobChanged(job=msgspec.structs.replace(JOB, id=8, state=JobState.DONE))
    assert not reached(Saved(job=8, step=4), other, changed(JobState.RUNNING), changed(JobState.PAUSED, "dinner"))


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED])
def test_a_job_that_ends_first_is_said_to(state: JobState) -> None:
    assert words(changed(state)) == f"long.jsonl ended first: {state}."


def test_an_engine_that_is_lost_is_an_error() -> None:
    with pytest.raises(UserError, match="ended before it saved"):
        words(changed(JobState.INTERRUPTED, "The engine ended unexpectedly."), changed(JobState.RUNNING))


def test_a_full_disk_is_an_error_in_the_words_of_the_host() -> None:
    with pytest.raises(UserError, match=r"It is not saved: The disk is full\. Free some space\."):
        words(changed(JobState.PAUSED, "The disk is full.", "Free some space."))
