"""What the status says of the memory of a paused engine, and of the reason that was given."""

from backend.clock import seconds_until
from backend.domain.status import HostState
from backend.protocol import host as p
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script

SLOW = Script(steps=1000, seconds=0.01, save_every=1000)


def pause(bench: Bench) -> None:
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(2)
    bench.do(p.PauseTraining(reason="lunch"))
    bench.until_state(HostState.PAUSED)


def test_a_pause_says_when_the_memory_will_be_free_and_follows_the_setting(open_bench: OpenBench) -> None:
    bench = open_bench(SLOW)
    assert bench.status().release_at is None
    pause(bench)
    first = bench.status().release_at
    assert first is not None
    assert 0 < seconds_until(first) <= 120
    bench.do(p.PutSetting(key="engine.release_after_minutes", value="60"))
    later = bench.status().release_at
    assert later is not None
    assert seconds_until(later) > 120
    bench.do(p.PutSetting(key="engine.release_after_minutes", value="0"))
    bench.until(lambda: bench.status().engine_released is True, "the release")
    assert bench.status().release_at is None


def test_nothing_will_be_freed_once_it_trains_again(open_bench: OpenBench) -> None:
    bench = open_bench(SLOW)
    pause(bench)
    bench.do(p.ResumeTraining())
    bench.until_state(HostState.TRAINING)
    assert bench.status().release_at is None


def test_the_reason_of_a_stop_holds_until_the_next_start(open_bench: OpenBench) -> None:
    bench = open_bench(SLOW)
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(2)
    bench.do(p.StopTraining(reason="thunderstorm"))
    assert bench.status().reason == "thunderstorm"
    bench.until_state(HostState.STOPPED)
    assert bench.status().reason == "thunderstorm"
    assert bench.job(job.id).reason == "thunderstorm"
    bench.do(p.StartTraining())
    assert bench.status().reason is None
