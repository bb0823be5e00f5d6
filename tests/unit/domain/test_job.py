"""A job's life: what may follow what, and which settings it may freeze."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.job import TRANSITIONS, IllegalTransition, Job, JobSettings, JobState, Priority, advance


def a_job(state: JobState) -> Job:
    return Job(
        id=7, dataset="ab", name="a.jsonl", priority=Priority.NORMAL, position=1, state=state, settings=JobSettings()
    )


@pytest.mark.parametrize(("current", "wanted"), list(itertools.product(JobState, JobState)))
def test_a_job_changes_as_the_table_says_and_no_other_way(current: JobState, wanted: JobState) -> None:
    job = a_job(current)
    if wanted in TRANSITIONS[current]:
        assert advance(job, wanted) == msgspec.structs.replace(job, state=wanted)
    else:
        with pytest.raises(IllegalTransition, match=f"Job 7 is {current} and cannot become {wanted}"):
            advance(job, wanted)
    assert job.state is current


def test_stop_pause_and_crash_lead_back_to_running() -> None:
    for state in (JobState.QUEUED, JobState.PAUSED, JobState.INTERRUPTED, JobState.SKIPPED):
        assert JobState.RUNNING in TRANSITIONS[state]


def test_what_is_done_stays_done_and_a_failure_can_be_tried_again() -> None:
    assert TRANSITIONS[JobState.DONE] == {JobState.UNDONE}
    assert JobState.QUEUED in TRANSITIONS[JobState.FAILED]


def test_high_goes_before_normal_before_low() -> None:
    assert sorted([Priority.LOW, Priority.HIGH, Priority.NORMAL]) == [Priority.HIGH, Priority.NORMAL, Priority.LOW]
    assert [level.label for level in Priority] == ["high", "normal", "low"]


@given(
    st.builds(
        JobSettings,
        learning_rate=st.floats(1e-9, 1),
        epochs=st.integers(1, 1000),
        rows_per_step=st.integers(1, 4096),
        seed=st.integers(0, 2**63 - 1),
        warmup=st.floats(0, 0.99),
        dropout=st.floats(0, 0.99),
    )
)
def test_settings_come_back_from_json_as_they_went(settings: JobSettings) -> None:
    assert msgspec.json.decode(msgspec.json.encode(settings), type=JobSettings) == settings


@pytest.mark.parametrize(
    "wrong",
    [{"epochs": 0}, {"learning_rate": 0}, {"learning_rate": 2}, {"dropout": 1}, {"rows_per_step": 0}, {"epoch": 1}],
)
def test_settings_out_of_bounds_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, JobSettings)
