"""The real training loop answers every save, and writes nothing where nothing was trained since the last time."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.domain.head import Base
from backend.paths import Home
from backend.protocol.engine import CheckpointSaved, Metric, Outcome, Save, Saved
from tests.drivers.segments import Job


@pytest.fixture
def job(home: Home, tiny_base: Base, sample_rows: Callable[[int], Any]) -> Job:
    return Job(home, tiny_base, sample_rows(32), rows_per_step=8, heldout_share=0.0)


def test_two_saves_in_one_step_write_one_checkpoint(job: Job) -> None:
    told = job.train(job.command(), {1: Save()}, {CheckpointSaved: Save()})
    assert [saved.step for saved in told.of(Saved)] == [1, 1]
    assert [(saved.step, saved.reason) for saved in told.saved] == [(1, "save"), (4, "end")]


def test_a_save_at_an_interval_checkpoint_says_that_it_stands(job: Job) -> None:
    job.settings = Job(job.home, job.base, [], rows_per_step=8, heldout_share=0.0, checkpoint_steps=2).settings
    told = job.train(job.command(), {2: Save()})
    assert [saved.step for saved in told.of(Saved)] == [2]
    assert [(saved.step, saved.reason) for saved in told.saved] == [(2, "interval"), (4, "end")]


def test_a_save_before_the_first_step_says_that_nothing_is_trained(job: Job) -> None:
    told = job.train(job.command(), {0: Save()})
    assert [saved.step for saved in told.of(Saved)] == [0]
    assert told.index(told.of(Saved)[0]) < told.index(told.of(Metric)[0])
    assert [saved.step for saved in told.saved] == [4]
    assert told.ended.outcome is Outcome.DONE
