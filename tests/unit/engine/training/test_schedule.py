"""Tests of the learning rate over a job's steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.job import JobSettings, Schedule
from backend.engine.training.schedule import REWARM_STEPS, learning_rate


def rates(total: int, schedule: Schedule, warmup: float = 0.0, rewarm_from: int | None = None) -> list[float]:
    settings = JobSettings(learning_rate=1.0, schedule=schedule, warmup=warmup)
    return [learning_rate(step, total, settings, rewarm_from) for step in range(total)]


def test_linear_falls_evenly_and_the_last_step_still_learns() -> None:
    assert rates(4, Schedule.LINEAR) == [1.0, 0.75, 0.5, 0.25]


def test_cosine_starts_at_the_peak_and_passes_the_half_in_the_middle() -> None:
    assert rates(4, Schedule.COSINE) == pytest.approx([1.0, 0.8535533, 0.5, 0.1464466])


def test_constant_stays() -> None:
    assert rates(3, Schedule.CONSTANT) == [1.0, 1.0, 1.0]


def test_warm_up_rises_to_the_peak_and_the_decay_follows() -> None:
    assert rates(10, Schedule.LINEAR, warmup=0.4) == pytest.approx(
        [0.25, 0.5, 0.75, 1.0, 1.0, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6]
    )


def test_a_continuation_rises_again_to_the_jobs_own_schedule() -> None:
    plain = rates(40, Schedule.LINEAR)
    again = rates(40, Schedule.LINEAR, rewarm_from=20)
    assert again[:20] == plain[:20]
    assert again[20] == pytest.approx(plain[20] / REWARM_STEPS)
    assert again[20 + REWARM_STEPS :] == plain[20 + REWARM_STEPS :]


@given(st.integers(1, 300), st.sampled_from(Schedule), st.floats(0, 0.99))
def test_every_step_learns_and_none_more_than_the_peak(total: int, schedule: Schedule, warmup: float) -> None:
    assert all(0 < rate <= 1 for rate in rates(total, schedule, warmup))
