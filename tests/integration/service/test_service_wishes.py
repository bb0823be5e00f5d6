"""Several wishes under way at once: none is lost, whatever ends the segment (semantics.md 5)."""

import itertools

import pytest

from backend.domain.job import JobState, Priority
from backend.domain.status import HostState
from backend.protocol import host as p
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script

SLOW_SAVE = Script(steps=5000, seconds=0.01, save_every=1000, save_seconds=0.3)
SKIP, STOP, PAUSE = p.SkipJob(reason="too long"), p.StopTraining(reason="enough"), p.PauseTraining(reason="dinner")


@pytest.fixture
def training(open_bench: OpenBench) -> Bench:
    """A host in the middle of `first`, with `second` behind it."""
    return begun(open_bench, SLOW_SAVE)


def begun(open_bench: OpenBench, script: Script) -> Bench:
    bench = open_bench(script)
    bench.queue("first")
    bench.queue("second")
    bench.do(p.StartTraining())
    bench.until_step(3)
    return bench


def at_rest(bench: Bench) -> None:
    """Until nothing is under way any more."""
    bench.until(lambda: bench.status().state in (HostState.PAUSED, HostState.STOPPED), "rest")


@pytest.mark.parametrize("wishes", list(itertools.permutations((SKIP, PAUSE))))
def test_a_skip_and_a_pause_skip_the_file_and_hold_the_queue(
    training: Bench, wishes: tuple[p.ControlRequest, ...]
) -> None:
    for wish in wishes:
        training.do(wish)
    at_rest(training)
    assert training.states() == {"first": JobState.SKIPPED, "second": JobState.QUEUED}
    assert (training.job(1).reason, training.job(1).priority) == ("too long", Priority.LOW)
    assert (training.status().state, training.status().reason) == (HostState.PAUSED, "dinner")


@pytest.mark.parametrize("wishes", list(itertools.permutations((SKIP, STOP))))
def test_a_skip_and_a_stop_skip_the_file_and_end_the_training(
    training: Bench, wishes: tuple[p.ControlRequest, ...]
) -> None:
    for wish in wishes:
        training.do(wish)
    at_rest(training)
    assert training.states() == {"first": JobState.SKIPPED, "second": JobState.QUEUED}
    assert training.job(1).reason == "too long"
    assert training.status().state is HostState.STOPPED


def test_a_pause_after_a_stop_is_refused_for_there_is_nothing_to_hold(training: Bench) -> None:
    training.do(STOP)
    assert training.refusal(PAUSE).message == "It is being stopped already."
    at_rest(training)
    assert training.status().state is HostState.STOPPED


@pytest.mark.parametrize(
    ("wish", "state", "job"),
    [(STOP, HostState.STOPPED, JobState.QUEUED), (SKIP, HostState.TRAINING, JobState.SKIPPED)],
    ids=["stop", "skip"],
)
def test_what_was_wished_holds_on_a_disk_that_has_no_room_for_the_last_step(
    open_bench: OpenBench, wish: p.ControlRequest, state: HostState, job: JobState
) -> None:
    bench = begun(open_bench, Script(steps=5000, seconds=0.01, save_every=2, no_room_once=True))
    bench.do(wish)
    bench.until(lambda: bench.job(1).state is job)
    bench.until_state(state)
    assert "The disk is full." in bench.notices()


def test_a_skip_holds_when_memory_runs_out_first_and_the_file_goes_on_later_in_smaller_pieces(
    open_bench: OpenBench,
) -> None:
    bench = begun(open_bench, Script(steps=25, seconds=0.02, memory_at=20, deaf=True))
    bench.do(SKIP)
    bench.until(lambda: bench.job(1).state is JobState.SKIPPED)
    bench.until(lambda: set(bench.states().values()) == {JobState.DONE})
    assert [job.name for job in bench.jobs()] == ["first", "second"]  # the newest end first
    tries = [notice.text for notice in bench.told(p.Notice) if "tokens at a time" in notice.text]
    assert len(tries) == 5  # three halvings for the second file, two for the first, whose first one was the skip


def test_memory_may_run_out_as_often_as_the_budget_can_be_halved(open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=5, memory_at=2))
    bench.do(p.PutSetting(key="engine.token_budget", value="8192"))  # 64 fits: seven halvings
    bench.queue("large")
    assert bench.train() == p.QueueFinished(done=1, failed=0)
    tries = [notice.text for notice in bench.told(p.Notice) if "tokens at a time" in notice.text]
    assert len(tries) == 7
