"""What goes wrong around training, and how it goes on: dead engines, dead hosts, damaged checkpoints."""

import itertools
import os
import signal
import subprocess
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil
import pytest

from backend import host_card
from backend.domain.job import JobState, Priority
from backend.domain.status import HostState
from backend.errors import Refused
from backend.locks import is_held
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import CheckpointSaved, Mode, Started
from backend.service import Service
from backend.supervisor.launcher import LocalLauncher
from tests.fakes.hosting import Bench, OpenBench, adapter_text, give_base
from tests.fakes.scripted_engine import Script

SLOW = Script(steps=80, seconds=0.01, save_every=5)
HOST = """
import sys
from pathlib import Path
import msgspec
sys.path.insert(0, sys.argv[3])
from backend.paths import Home
from backend.protocol.host import StartTraining
from backend.service import Service
from backend.supervisor.launcher import LocalLauncher
from tests.fakes.scripted_engine import Script
script = msgspec.json.decode(sys.argv[2], type=Script)
service = Service(Home(Path(sys.argv[1])), LocalLauncher(script.command()))
service.handle(StartTraining())
while True:
    for event in service.pump():
        if type(event).__name__ == "CheckpointSaved":
            print(event.step, flush=True)
    service.wait(0.1)
"""


def test_killed_engine_goes_on_from_the_last_checkpoint_by_itself(open_bench: OpenBench) -> None:
    bench = open_bench(SLOW)
    job = bench.queue("file")
    bench.do(p.StartTraining())
    saved = bench.until_event(CheckpointSaved)
    os.kill(bench.engine_pid(), signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    started = bench.until_event(Started)
    assert started.mode is Mode.RESUME
    assert started.step >= saved.step
    assert "goes on from its last checkpoint" in bench.notices()
    assert bench.job(job.id).attempts == 1
    assert bench.until_event(p.QueueFinished).done == 1


def test_checkpoint_that_could_not_be_announced_counts(open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=12, save_every=4, mute_at=8))
    job = bench.queue("file")
    assert bench.train().done == 1
    assert [started.step for started in bench.told(Started)] == [0, 8]
    assert bench.head().total_steps == bench.job(job.id).step == 12


def test_engine_killed_while_it_saves_leaves_nothing_half_written(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(msgspec.structs.replace(SLOW, save_every=1000, write_seconds=0.5, wait_at=3))
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(3)
    bench.do(p.SaveNow())
    bench.until(lambda: bool(list(home.checkpoints(job.id).glob(".staging-*"))), "the save")
    os.kill(bench.engine_pid(), signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    bench.until(lambda: len(bench.told(Started)) == 2, "the next engine")
    assert not list(home.checkpoints(job.id).glob(".staging-*"))


def test_engine_killed_before_the_first_checkpoint_starts_again(open_bench: OpenBench) -> None:
    bench = open_bench(Script(crash_at=3, crash_once=True))
    bench.queue("file")
    assert bench.train().done == 1
    assert [started.mode for started in bench.told(Started)] == [Mode.START, Mode.START]


def test_crash_loop_is_parked_after_three_restarts_and_the_queue_goes_on(open_bench: OpenBench) -> None:
    bench = open_bench(Script(crash_at=3))
    job = bench.queue("bad")
    bench.do(p.StartTraining())
    bench.until(lambda: bench.job(job.id).state is JobState.FAILED, "the parking")
    assert [started.job for started in bench.told(Started)].count(job.id) == 4
    assert bench.job(job.id).attempts == 1
    assert bench.until_event(p.QueueFinished).failed == 1


@pytest.mark.parametrize(
    "misfortune", [Script(crash_at=8), Script(nan_at=8), Script(error_at=8)], ids=["crash", "nan", "error"]
)
def test_a_file_that_is_parked_leaves_the_head_at_its_last_good_checkpoint_and_the_next_trains_on_it(
    open_bench: OpenBench, misfortune: Script
) -> None:
    bench = open_bench(msgspec.structs.replace(misfortune, only="bad"))
    bad, good = bench.queue("bad"), bench.queue("good")
    bench.do(p.StartTraining())
    bench.until(lambda: bench.job(bad.id).state is JobState.FAILED, "the parking")
    kept = bench.job(bad.id).step
    assert kept == (7 if misfortune.nan_at else 5)
    assert bench.until_event(p.QueueFinished) == p.QueueFinished(done=1, failed=1)
    assert bench.job(bad.id).step == kept
    assert bench.job(good.id).state is JobState.DONE
    assert bench.head().total_steps == kept + 10


def test_two_homes_train_at_once_and_know_nothing_of_each_other(open_bench: OpenBench, tmp_path: Path) -> None:
    script = Script(steps=8, wait_at=4)
    other_home = Home(tmp_path / "other")
    give_base(other_home)
    other = Bench.open(other_home, script)
    both = (open_bench(script), other)
    for number, bench in enumerate(both):
        bench.queue(f"file-{number}")
        bench.do(p.StartTraining())
    for bench in both:
        bench.until_step(4)
    assert len({bench.engine_pid() for bench in both}) == 2
    both[0].do(p.StopTraining())
    both[0].until_state(HostState.STOPPED)
    other.do(p.PauseTraining())
    other.until_state(HostState.PAUSED)
    other.do(p.ResumeTraining())
    assert other.until_event(p.QueueFinished).done == 1
    assert (both[0].jobs()[0].state, both[0].jobs()[0].step) == (JobState.QUEUED, 4)
    other.host.close()


def test_engine_killed_while_memory_is_full_counts_as_out_of_memory(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.training.ends.FULL_MEMORY_PERCENT", 0.0)
    bench = open_bench(Script(crash_at=7, crash_once=True))
    bench.queue("file")
    assert bench.train().done == 1
    assert [started.token_budget for started in bench.told(Started)] == [512, 256]


def test_memory_that_is_too_small_to_try_the_longest_rows_is_tried_in_smaller_pieces(open_bench: OpenBench) -> None:
    bench = open_bench(Script(memory_in="trying"))
    job = bench.queue("file")
    assert bench.train().done == 1
    assert [started.token_budget for started in bench.told(Started)] == [64]
    assert bench.notices().count("Memory ran out.") == 3
    assert bench.job(job.id).attempts == 1


def test_memory_that_is_too_small_for_the_model_parks_the_job_however_long_loading_takes(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = itertools.count(0, 3600)
    monkeypatch.setattr("backend.training.ends.time", types.SimpleNamespace(monotonic=lambda: next(hours)))
    bench = open_bench(Script(memory_in="loading"))
    job, other = bench.queue("file"), bench.queue("other")
    bench.do(p.StartTraining())
    bench.until(lambda: bench.job(job.id).state is JobState.FAILED, "the parking")
    failed = bench.job(job.id)
    assert "while the model was loaded" in failed.reason
    assert "smaller model" in failed.hint
    bench.until_event(p.QueueFinished)
    assert bench.job(other.id).state is JobState.FAILED


def test_engine_that_cannot_be_started_fails_the_job(home: Home) -> None:
    bench = Bench(Service(home, LocalLauncher(("/no/such/program",))), home)
    bench.queue("file")
    assert bench.train().failed == 1
    assert "cannot be started" in bench.notices()
    bench.host.close()


def test_engine_that_ends_at_once_fails_the_job(home: Home) -> None:
    bench = Bench(Service(home, LocalLauncher((sys.executable, "-c", "raise SystemExit(7)"))), home)
    bench.queue("file")
    assert bench.train().failed == 1
    assert "exit status 7" in bench.notices()
    bench.host.close()


def test_killed_host_goes_on_at_the_next_start(open_bench: OpenBench, home: Home) -> None:
    waiting = open_bench(SLOW)
    job = waiting.queue("file")
    waiting.host.close()
    host = _start_host(home, SLOW)
    step = _kill_after_a_checkpoint(host)
    left = host_card.read(home)
    assert left is not None
    bench = open_bench(SLOW)
    assert not Path(left.address).parent.exists()
    started = bench.until_event(Started)
    assert (started.job, started.mode) == (job.id, Mode.RESUME)
    assert started.step >= step
    assert "was interrupted" in bench.notices()
    assert bench.until_event(p.QueueFinished).done == 1
    assert bench.job(job.id).step == SLOW.steps


def test_checkpoint_finished_after_the_host_died_is_adopted_once(open_bench: OpenBench, home: Home) -> None:
    waiting = open_bench(SLOW)
    job = waiting.queue("file")
    waiting.host.close()
    host = _start_host(home, msgspec.structs.replace(SLOW, save_seconds=0.2))
    _kill_after_a_checkpoint(host)
    _until(lambda: not is_held(home.engine_lock))
    folders = sorted(path.name for path in home.checkpoints(job.id).iterdir())
    orphaned = home.checkpoints(job.id) / folders[-1]
    step = int((orphaned / "adapter_model.safetensors").read_text().partition(":")[2])
    (home.checkpoints(job.id) / ".staging-x").mkdir()
    for _ in range(2):
        service = Service(home, LocalLauncher(SLOW.command()), may_train=False)
        bench = Bench(service, home)
        assert bench.job(job.id).state is JobState.INTERRUPTED
        assert bench.job(job.id).step == step
        point = bench.head().checkpoint
        assert point is not None
        assert point.path.endswith(orphaned.name)
        assert adapter_text(home) == f"{job.id}:{step}"
        assert not list(home.checkpoints(job.id).glob(".staging*"))
        service.close()


def test_damaged_checkpoint_falls_back_to_the_one_before_with_a_notice(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(msgspec.structs.replace(SLOW, steps=30))
    job = bench.queue("file")
    _stop_after(bench, 12)
    before, _ = bench.saved_steps(job.id)[-2:]
    _damage(home, bench)
    bench.do(p.StartTraining())
    started = bench.until_event(Started)
    assert (started.mode, started.step) == (Mode.RESUME, before)
    assert "does not match its recorded hash" in bench.notices()
    bench.until_event(p.QueueFinished)
    assert bench.head().total_steps == 30


def test_without_a_good_checkpoint_the_job_is_parked_and_never_started_over(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(msgspec.structs.replace(SLOW, save_every=1000))
    job = bench.queue("file")
    _stop_after(bench, 3)
    _damage(home, bench)
    finished = bench.train()
    assert finished.failed == 1
    assert bench.job(job.id).state is JobState.FAILED
    assert len(bench.told(Started)) == 1
    assert "model use" in bench.job(job.id).hint


def test_missing_stored_file_fails_its_job_alone(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(Script())
    lost, good = bench.queue("lost"), bench.queue("good")
    home.dataset(lost.dataset).unlink()
    assert bench.train() == p.QueueFinished(done=1, failed=1)
    assert bench.job(good.id).state is JobState.DONE


def test_closing_the_host_in_the_middle_saves_and_leaves_no_engine(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SLOW)
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(3)
    engine = bench.engine_pid()
    bench.host.close()
    assert not psutil.pid_exists(engine)
    assert not is_held(home.engine_lock)
    assert not is_held(home.host_lock)
    again = open_bench(SLOW)
    again.host.pump()
    assert again.status().state is not HostState.TRAINING
    assert again.job(job.id).state is JobState.QUEUED
    assert again.job(job.id).step >= 3


def test_closing_while_pausing_keeps_the_pause(open_bench: OpenBench) -> None:
    bench = open_bench(msgspec.structs.replace(SLOW, save_seconds=0.2, save_every=1000))
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(3)
    bench.do(p.PauseTraining(reason="night"))
    bench.host.close()
    again = open_bench(SLOW)
    again.host.pump()
    assert (again.status().state, again.status().reason) == (HostState.PAUSED, "night")
    assert again.jobs()[0].state is JobState.PAUSED
    assert again.train().done == 1


def test_closing_while_skipping_keeps_the_skip_and_its_reason(open_bench: OpenBench) -> None:
    bench = open_bench(msgspec.structs.replace(SLOW, save_seconds=0.2, save_every=1000))
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(3)
    bench.do(p.SkipJob(reason="too long"))
    bench.host.close()
    again = open_bench(SLOW)
    again.host.pump()
    skipped = again.job(job.id)
    assert (skipped.state, skipped.reason, skipped.priority) == (JobState.SKIPPED, "too long", Priority.LOW)
    assert again.status().state is not HostState.TRAINING


def test_engine_that_does_not_listen_is_ended_by_force(open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.supervisor.engine.LEAVE_SECONDS", 0.5)
    bench = open_bench(msgspec.structs.replace(SLOW, steps=100_000, deaf=True))
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(6)
    engine = bench.engine_pid()
    bench.host.close()
    assert not psutil.pid_exists(engine)
    again = open_bench(Script())
    assert (again.jobs()[0].state, again.jobs()[0].step > 0) == (JobState.QUEUED, True)


def test_orphan_that_never_leaves_is_ended_and_then_recovered(
    open_bench: OpenBench, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.recovery.ORPHAN_SECONDS", 0.5)
    waiting = open_bench(SLOW)
    waiting.queue("file")
    waiting.host.close()
    host = _start_host(home, msgspec.structs.replace(SLOW, steps=100_000, deaf=True))
    _kill_after_a_checkpoint(host)
    assert is_held(home.engine_lock)
    bench = open_bench(SLOW)
    bench.host.pump()
    assert "earlier host" in (bench.status().activity or "")
    assert bench.until_event(Started).mode is Mode.RESUME


def test_second_service_on_one_home_is_refused(open_bench: OpenBench, home: Home) -> None:
    open_bench(Script())
    with pytest.raises(Refused, match="Another program"):
        Service(home, LocalLauncher(Script().command()))


def _start_host(home: Home, script: Script) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", HOST, str(home.root), msgspec.json.encode(script).decode()]
    return subprocess.Popen([*arguments, str(Path(__file__).parents[3])], stdout=subprocess.PIPE, text=True)


def _kill_after_a_checkpoint(host: "subprocess.Popen[str]") -> int:
    assert host.stdout is not None
    step = int(host.stdout.readline())
    host.kill()
    host.communicate()
    return step


def _stop_after(bench: Bench, step: int) -> None:
    bench.do(p.StartTraining())
    bench.until_step(step)
    bench.do(p.StopTraining())
    bench.until_state(HostState.STOPPED)


def _damage(home: Home, bench: Bench) -> None:
    point = bench.head().checkpoint
    assert point is not None
    (home.root / point.path / "adapter_model.safetensors").write_bytes(b"x")


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
