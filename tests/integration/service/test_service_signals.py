"""Signal files steer a host as the commands do; stale, foreign and monstrous ones do no harm."""

import os
from pathlib import Path

import pytest

from backend.control.signal_files import MOST_BYTES
from backend.domain.job import JobState, Priority
from backend.domain.status import HostState
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import CheckpointSaved
from backend.service import Service
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script

LONG = Script(steps=5000, seconds=0.01, save_every=1000)
SLOW_SAVE = Script(steps=5000, seconds=0.01, save_every=1000, save_seconds=0.5)


def trail(bench: Bench) -> list[tuple[str, str]]:
    reply = bench.ask(p.GetHistory(last=1000))
    assert isinstance(reply, p.HistoryReply), reply
    return [(entry.what, entry.reason) for entry in reply.entries]


@pytest.fixture
def training(open_bench: OpenBench) -> Bench:
    """A host that trains `file` and has done three steps."""
    bench = open_bench(SLOW_SAVE)
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(3)
    return bench


def states(bench: Bench) -> list[tuple[HostState, tuple[str, ...]]]:
    """What was told of the state and its signals, without repetitions."""
    told = [(event.status.state, event.status.signals) for event in bench.told(p.StatusChanged)]
    return [each for number, each in enumerate(told) if number == 0 or told[number - 1] != each]


def test_pause_and_resume_by_file_with_the_content_as_the_reason(training: Bench) -> None:
    pause = training.home.signal("pause")
    pause.write_text("  dinner\n")
    training.until_state(HostState.PAUSED)
    assert not pause.exists()
    status = training.status()
    assert (status.reason, status.checkpoint_step) == ("dinner", training.saved_steps(1)[-1])
    assert (HostState.PAUSING, ("pause",)) in states(training)
    assert training.until_event(CheckpointSaved).reason == "pause"
    assert ("signal", ".pause: dinner") in trail(training)
    training.until(lambda: training.status().signals == ())
    training.home.signal("resume").write_text("back")
    training.until_state(HostState.TRAINING)
    training.until(lambda: training.status().signals == ())
    assert ("start", "back") in trail(training)


def test_stop_by_file_keeps_the_step(training: Bench) -> None:
    training.home.signal("stop").touch()
    training.until_state(HostState.STOPPED)
    assert (HostState.STOPPING, ("stop",)) in states(training)
    assert training.job(1).state is JobState.QUEUED
    assert training.job(1).step >= 3
    assert training.status().signals == ()


def test_skip_by_file_passes_on_to_the_next(training: Bench) -> None:
    training.queue("next")
    training.home.signal("skip").write_text("too long")
    training.until(lambda: training.states() == {"file": JobState.SKIPPED, "next": JobState.RUNNING})
    assert ("skipped", "too long") in trail(training)


def test_several_at_once_act_in_their_order(training: Bench) -> None:
    for name in ("resume", "pause", "skip", "stop"):
        training.home.signal(name).write_text(f"by {name}")
    training.until(lambda: [what for what, _ in trail(training)].count("signal") == 4)
    signals = [reason for what, reason in trail(training) if what == "signal"]
    assert signals == [f".{name}: by {name}" for name in ("stop", "skip", "pause", "resume")]
    training.until(lambda: [what for what, _ in trail(training)].count("started") == 2)
    assert ("skipped", "by skip") in trail(training)  # stopped first, then skipped, then resumed
    assert training.job(1).priority is Priority.LOW
    assert "control/.pause changes nothing: It is being stopped already." in training.notices()
    assert training.states() == {"file": JobState.RUNNING}


def test_a_pause_beside_a_skip_holds_the_queue_once_the_file_is_skipped(training: Bench) -> None:
    training.queue("next")
    training.home.signal("pause").write_text("dinner")
    training.home.signal("skip").write_text("too long")
    training.until_state(HostState.PAUSED)
    assert training.states() == {"file": JobState.SKIPPED, "next": JobState.QUEUED}
    assert training.status().reason == "dinner"


def test_what_lies_there_at_the_start_is_stale_whatever_its_time(home: Home, open_bench: OpenBench) -> None:
    for name in ("pause", "stop"):
        home.signal(name).write_text("of yesterday")
    os.utime(home.signal("pause"), (2**31, 2**31))
    bench = open_bench(Script(steps=2))
    assert not home.signal("pause").exists()
    assert not home.signal("stop").exists()
    bench.queue("file")
    assert bench.train().done == 1
    log = (home.logs / "espalier.log").read_text(encoding="utf-8")
    assert log.count("it is dropped") == 2


def test_a_host_for_a_moment_leaves_signals_alone(home: Home) -> None:
    home.signal("pause").touch()
    host = Service(home, may_train=False)
    for _ in range(3):
        host.pump()
        host.wait(0.3)
    host.close()
    assert home.signal("pause").exists()


def test_what_training_refuses_is_told(open_bench: OpenBench) -> None:
    bench = open_bench(LONG)
    bench.home.signal("skip").touch()
    bench.until(lambda: "control/.skip changes nothing" in bench.notices())
    assert not bench.home.signal("skip").exists()
    assert bench.status().signals == ()
    assert bench.status().state is HostState.IDLE


def test_a_large_file_is_refused_and_kept(training: Bench) -> None:
    training.home.signal("stop").write_bytes(b"x" * (MOST_BYTES + 1))
    training.until(lambda: "control/.stop is refused" in training.notices())
    assert not training.home.signal("stop").exists()
    assert (training.home.refused_signals / "stop").stat().st_size == MOST_BYTES + 1
    assert training.status().state is HostState.TRAINING


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only some users make links")
def test_a_link_is_refused_and_its_target_not_touched(training: Bench, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.write_text("mine")
    training.home.signal("stop").symlink_to(target)
    training.until(lambda: "control/.stop is refused" in training.notices())
    assert not training.home.signal("stop").is_symlink()
    assert target.read_text() == "mine"
    assert training.status().state is HostState.TRAINING


def test_a_signal_that_cannot_be_removed_is_acted_on_once(training: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as stuck:
        stuck.setattr(Path, "unlink", refuse)
        training.home.signal("pause").write_text("once")
        training.until_state(HostState.PAUSED)
        training.do(p.ResumeTraining())
        training.until_state(HostState.TRAINING)
        step = training.status().step or 0
        training.until(lambda: (training.status().step or 0) > step + 60)
    assert training.home.signal("pause").exists()
    assert [what for what, _ in trail(training)].count("signal") == 1
    training.home.signal("pause").write_text("a second time")
    training.until_state(HostState.PAUSED)
    assert training.status().reason == "a second time"
