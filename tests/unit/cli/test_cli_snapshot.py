"""`snapshot` waits for its fact; what stands in for it is said in the host's words."""

import pytest

from backend.cli import words
from backend.cli.lines import line_of
from backend.cli.snapshot import await_taken
from backend.domain.evolution import EvolutionRun
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.domain.snapshot import Summary
from backend.errors import UserError
from backend.protocol.engine import SnapshotFailed
from backend.protocol.evolution import RunChanged
from backend.protocol.host import Done, HostEvent, JobChanged, Notice, Reply, Request


class Teller:
    """A host that tells one event at each pump."""

    is_local = False

    def __init__(self, *events: HostEvent) -> None:
        self._events = list(events)

    def handle(self, request: Request) -> Reply:
        return Done()

    def pump(self) -> list[HostEvent]:
        return [self._events.pop(0)] if self._events else []

    def serve(self) -> None:
        return None

    def wait(self, seconds: float) -> None:
        return None

    def close(self) -> None:
        return None


def changed(step: int | None, *, job: int = 1, answered: int = 16) -> RunChanged:
    summary = Summary(
        avg_loss=1.2034,
        avg_loss_heldout=None,
        avg_similarity=0.5,
        accuracy=0.75 if answered else None,
        total_examples=40,
        scored=40,
        answered=answered,
        correct=answered * 3 // 4,
        incorrect=answered - answered * 3 // 4,
    )
    run = EvolutionRun(
        id=7,
        folder="lesson-01234567_20261125_000000",
        job=job,
        dataset="0",
        dataset_name="lesson.jsonl",
        base="tiny",
        begun_at="",
        total_steps=100,
        steps=(0, 25),
        first=summary,
        last=summary,
        ended=False,
    )
    return RunChanged(run=run, step=step)


def job(state: JobState) -> JobChanged:
    return JobChanged(
        job=Job(
            id=1,
            dataset="0",
            name="lesson.jsonl",
            priority=Priority.NORMAL,
            position=1,
            state=state,
            settings=JobSettings(),
            rows=3,
        )
    )


def test_the_snapshot_of_the_job_ends_the_wait() -> None:
    events = (changed(None), changed(25, job=2), job(JobState.RUNNING), Notice(level="info", text="x", job=1))
    assert await_taken(Teller(*events, changed(25)), 1, 60) == changed(25)


def test_a_failure_is_told_as_the_host_told_it() -> None:
    other = SnapshotFailed(job=2, step=3, message="No memory.")
    failed = SnapshotFailed(job=1, step=3, message="The disk is full.", hint="Free some.")
    with pytest.raises(UserError, match="The disk is full") as raised:
        await_taken(Teller(other, failed), 1, 60)
    assert raised.value.hint == "Free some."


@pytest.mark.parametrize("state", [JobState.DONE, JobState.QUEUED, JobState.INTERRUPTED])
def test_a_training_that_ended_first_is_said(state: JobState) -> None:
    with pytest.raises(UserError, match="ended before"):
        await_taken(Teller(job(state)), 1, 5)


def test_the_wait_is_bounded() -> None:
    with pytest.raises(UserError, match="not taken yet after 0 s"):
        await_taken(Teller(), 1, 0)


def test_a_snapshot_is_told_in_words() -> None:
    told = words.snapshot(changed(25))
    assert told == "snapshot at step 25: loss 1.203, 12 of 16 answers right (24 of 40 not asked)"
    assert words.snapshot(changed(25, answered=0)).endswith("loss 1.203, no answers (40 of 40 not asked)")
    assert words.snapshot(changed(10)) == "snapshot at step 10"


def test_programs_get_its_figures_in_a_line() -> None:
    line = line_of(changed(25))
    assert line is not None
    assert (line["event"], line["job"], line["run"], line["step"]) == ("snapshot", 1, 7, 25)
    assert (line["avg_loss"], line["correct"], line["total_examples"]) == (1.2034, 12, 40)
    assert line_of(changed(None)) is None
