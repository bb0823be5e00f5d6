"""Every save is answered by a fact: the step that is on disk, whether it was written now or stood there already."""

import pytest

from backend.domain.job import Job, JobState
from backend.domain.status import HostState
from backend.protocol import host as p
from backend.protocol.engine import CheckpointSaved, Metric, Saved
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script, gate

GATED = Script(steps=8, gate_at=4, save_every=100)


def at_the_gate(bench: Bench) -> Job:
    """Trains until the engine waits there for a wish."""
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_event(Metric, lambda metric: metric.step == 4)
    return job


def test_two_saves_in_one_step_are_both_answered_and_written_once(open_bench: OpenBench) -> None:
    bench = open_bench(GATED)
    job = at_the_gate(bench)
    for _ in range(2):
        bench.do(p.SaveNow())
        assert bench.until_event(Saved) == Saved(job=job.id, step=4)
    assert bench.saved_steps(job.id) == [4]
    gate(bench.home).touch()
    bench.until_event(p.QueueFinished)


def test_a_save_right_at_an_interval_checkpoint_says_that_it_stands(open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=8, gate_at=4, save_every=4))
    job = at_the_gate(bench)
    bench.until_event(CheckpointSaved, lambda saved: saved.reason == "interval")
    bench.do(p.SaveNow())
    assert bench.until_event(Saved).step == 4
    assert bench.saved_steps(job.id) == [4]


def test_a_save_before_the_first_step_says_that_there_is_nothing(open_bench: OpenBench) -> None:
    bench = open_bench(GATED)
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until(lambda: bench.status().job is not None, "a job in training")
    bench.do(p.SaveNow())
    assert bench.until_event(Saved).step == 0


@pytest.mark.parametrize("minutes", ["2", "0"])
def test_a_save_while_paused_is_answered_at_once_with_or_without_an_engine(open_bench: OpenBench, minutes: str) -> None:
    bench = open_bench(GATED)
    bench.do(p.PutSetting(key="engine.release_after_minutes", value=minutes))
    job = at_the_gate(bench)
    bench.do(p.PauseTraining())
    bench.until_state(HostState.PAUSED)
    bench.until(lambda: bench.status().engine_released is (minutes == "0"), "the release")
    bench.do(p.SaveNow())
    assert bench.host.pump()[0] == Saved(job=job.id, step=4)
    assert bench.saved_steps(job.id) == [4]


def test_a_save_with_nothing_in_hand_is_told_in_words_alone(open_bench: OpenBench) -> None:
    bench = open_bench(GATED)
    assert "Nothing is training" in bench.do(p.SaveNow())
    assert not any(isinstance(event, Saved) for event in bench.host.pump())


@pytest.mark.parametrize(
    ("wish", "state"), [(p.StopTraining(), JobState.QUEUED), (p.SkipJob(), JobState.SKIPPED)], ids=["stop", "skip"]
)
def test_a_save_during_a_stop_or_a_skip_is_answered_before_the_job_leaves(
    open_bench: OpenBench, wish: p.Request, state: JobState
) -> None:
    bench = open_bench(GATED)
    job = at_the_gate(bench)
    bench.do(wish)
    bench.do(p.SaveNow())
    assert bench.until_event(Saved) == Saved(job=job.id, step=4)
    assert bench.until_event(p.JobChanged, lambda changed: changed.job.state is state).job.step == 4


def test_a_save_during_a_pause_is_answered_even_where_the_engine_is_let_go_at_once(open_bench: OpenBench) -> None:
    bench = open_bench(GATED)
    bench.do(p.PutSetting(key="engine.release_after_minutes", value="0"))
    at_the_gate(bench)
    bench.do(p.PauseTraining())
    bench.do(p.SaveNow())
    assert bench.until_event(Saved).step == 4
    bench.until(lambda: bench.status().engine_released is True, "the release")
