"""The host with the real engine and a tiny model: files train on one head, and dead processes cost no step twice."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import pytest

from backend import files
from backend.domain.job import Job, JobSettings, JobState
from backend.domain.status import HostState
from backend.protocol import host as p
from backend.protocol.engine import CheckpointSaved, Mode, Started
from tests.fakes.hosting import Bench, Enqueue

Rows = list[dict[str, Any]]
SETTINGS = JobSettings(rows_per_step=2, max_length=128, checkpoint_steps=4)
DIE = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL


@pytest.fixture
def queue(enqueue: Enqueue) -> Callable[[str, int], Job]:
    return lambda name, rows: enqueue(name, rows, SETTINGS)


def test_two_files_train_on_one_head_through_pause_and_a_killed_engine(
    bench: Bench, queue: Callable[[str, int], Job]
) -> None:
    first, second = queue("first.jsonl", 24), queue("second.jsonl", 26)
    bench.do(p.StartTraining())
    bench.until_event(CheckpointSaved)
    bench.do(p.PauseTraining())
    bench.until_state(HostState.PAUSED)
    paused = bench.job(first.id)
    assert paused.state is JobState.PAUSED
    bench.do(p.ResumeTraining())
    bench.until_event(CheckpointSaved, lambda saved: saved.job == second.id)
    os.kill(bench.engine_pid(), DIE)
    resumed = bench.until_event(Started)
    assert (resumed.job, resumed.mode) == (second.id, Mode.RESUME)
    assert resumed.step >= SETTINGS.checkpoint_steps
    assert bench.until_event(p.QueueFinished) == p.QueueFinished(done=2, failed=0)
    done = [bench.job(job.id) for job in (first, second)]
    assert [job.state for job in done] == [JobState.DONE] * 2
    assert all(job.step == job.total_steps > 0 for job in done)
    assert all(job.heldout_last is not None and job.heldout_first is not None for job in done)
    head = bench.head()
    assert head.total_steps == sum(job.step for job in done)
    assert head.checkpoint is not None
    files.verify(bench.home.root / head.checkpoint.path, head.checkpoint.sums_sha256)
    assert (bench.home.current_model / "adapter_model.safetensors").is_file()
