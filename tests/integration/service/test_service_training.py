"""The queue through the scripted engine: whole runs, and what users do in the middle of them."""

import msgspec
import pytest

from backend import files
from backend.domain.job import JobState, Priority
from backend.domain.status import HostState, Status
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import CheckpointSaved, Mode, Started
from backend.reading import status_from
from backend.training import trainer
from tests.fakes.hosting import OpenBench, adapter_text
from tests.fakes.scripted_engine import Script

SLOW = Script(steps=1000, seconds=0.01, save_every=5)


def test_two_files_train_on_one_head_and_steps_count_per_job(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(Script(steps=7))
    first, second = bench.queue("first"), bench.queue("second")
    assert bench.train() == p.QueueFinished(done=2, failed=0)
    assert [(job.name, job.step, job.total_steps) for job in bench.jobs()] == [("second", 7, 7), ("first", 7, 7)]
    head = bench.head()
    assert head.total_steps == 14
    assert head.checkpoint is not None
    assert (head.checkpoint.job, head.checkpoint.step, head.checkpoint.reason) == (second.id, 7, "end")
    assert adapter_text(home) == f"{second.id}:7"
    assert (bench.job(first.id).heldout_first, bench.job(first.id).heldout_last) == (3.0, 1.0)
    files.verify(home.root / head.checkpoint.path, head.checkpoint.sums_sha256)
    bench.until_state(HostState.IDLE)


def test_every_announced_checkpoint_is_on_disk_and_is_the_head_already(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(Script(steps=12, save_every=3))
    bench.queue("file")
    bench.do(p.StartTraining())
    for _ in range(4):
        saved = bench.until_event(CheckpointSaved)
        files.verify(home.root / saved.path, saved.sums_sha256)
        point = bench.head().checkpoint
        assert point is not None
        assert point.id >= saved.sequence


def test_pausing_lasts_until_the_checkpoint_is_saved_and_resume_goes_on(open_bench: OpenBench) -> None:
    bench = open_bench(msgspec.structs.replace(SLOW, steps=30, save_seconds=0.3, save_every=100))
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(3)
    bench.do(p.PauseTraining(reason="lunch"))
    assert bench.status().state is HostState.PAUSING
    assert bench.job(job.id).step == 0
    bench.until_state(HostState.PAUSED)
    paused = bench.job(job.id)
    assert paused.state is JobState.PAUSED
    assert paused.step >= 3
    assert bench.saved_steps(job.id) == [paused.step]
    assert bench.status().reason == "lunch"
    bench.do(p.ResumeTraining())
    bench.until_event(p.QueueFinished)
    assert bench.job(job.id).state is JobState.DONE
    assert [started.mode for started in bench.told(Started)] == [Mode.START]


def test_released_engine_resumes_exactly_in_a_new_process(open_bench: OpenBench) -> None:
    bench = open_bench(msgspec.structs.replace(SLOW, steps=30))
    bench.do(p.PutSetting(key="engine.release_after_minutes", value="0"))
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(2)
    bench.do(p.PauseTraining())
    bench.until(lambda: bench.status().engine_released is True, "the release")
    assert bench.status().state is HostState.PAUSED
    step = bench.jobs()[0].step
    bench.do(p.ResumeTraining())
    started = bench.until_event(Started)
    assert (started.mode, started.step) == (Mode.RESUME, step)
    bench.until_event(p.QueueFinished)


def test_pause_survives_a_restart_of_the_host(open_bench: OpenBench) -> None:
    bench = open_bench(SLOW)
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(2)
    bench.do(p.PauseTraining(reason="night"))
    bench.until_state(HostState.PAUSED)
    bench.host.close()
    again = open_bench(Script(steps=20))
    assert again.status().state is HostState.PAUSED
    assert again.status().reason == "night"
    assert again.job(job.id).state is JobState.PAUSED
    again.train()
    assert again.job(job.id).state is JobState.DONE


def test_pause_while_idle_holds_the_queue(open_bench: OpenBench) -> None:
    bench = open_bench(Script())
    bench.do(p.PauseTraining())
    bench.queue("file")
    assert bench.status().state is HostState.PAUSED
    assert bench.train().done == 1


def test_stop_saves_and_the_job_is_next_whatever_its_level(open_bench: OpenBench) -> None:
    bench = open_bench(SLOW)
    low = bench.queue("low", Priority.LOW)
    bench.do(p.StartTraining())
    bench.until_step(3)
    bench.queue("high", Priority.HIGH)
    bench.do(p.StopTraining())
    assert bench.status().state is HostState.STOPPING
    bench.until_state(HostState.STOPPED)
    stopped = bench.job(low.id)
    assert stopped.state is JobState.QUEUED
    assert stopped.step == bench.saved_steps(low.id)[-1]
    assert [job.name for job in bench.jobs()] == ["low", "high"]
    bench.do(p.StartTraining())
    started = bench.until_event(Started)
    assert (started.job, started.mode, started.step) == (low.id, Mode.RESUME, stopped.step)


def test_skipped_job_moves_to_low_and_continues_later_on_the_moved_head(open_bench: OpenBench) -> None:
    bench = open_bench(msgspec.structs.replace(SLOW, steps=40))
    first, second = bench.queue("first"), bench.queue("second")
    bench.do(p.StartTraining())
    bench.until_step(3)
    bench.do(p.SkipJob(reason="boring"))
    bench.until(lambda: bench.job(first.id).state is JobState.SKIPPED, "the skip")
    skipped = bench.job(first.id)
    assert (skipped.priority, skipped.reason) == (Priority.LOW, "boring")
    bench.until_event(p.QueueFinished)
    modes = [(started.job, started.mode, started.step) for started in bench.told(Started)]
    assert modes == [
        (first.id, Mode.START, 0),
        (second.id, Mode.START, 0),
        (first.id, Mode.CONTINUE, skipped.step),
    ]
    assert "The head has moved" in bench.notices()
    assert bench.head().total_steps == 80


def test_stop_and_skip_work_while_paused(open_bench: OpenBench) -> None:
    bench = open_bench(SLOW)
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(1)
    bench.do(p.PauseTraining())
    bench.until_state(HostState.PAUSED)
    bench.do(p.StopTraining())
    bench.until_state(HostState.STOPPED)
    assert bench.job(job.id).state is JobState.QUEUED
    bench.do(p.SkipJob())
    assert bench.job(job.id).state is JobState.SKIPPED


def test_save_now_saves_and_goes_on(open_bench: OpenBench) -> None:
    bench = open_bench(msgspec.structs.replace(SLOW, save_every=1000))
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(2)
    bench.do(p.SaveNow())
    assert bench.until_event(CheckpointSaved).reason == "save"
    bench.until_step(3)
    assert bench.status().state is HostState.TRAINING


def test_high_priority_goes_before_what_waits_but_not_into_a_running_file(open_bench: OpenBench) -> None:
    bench = open_bench(msgspec.structs.replace(SLOW, steps=20))
    bench.queue("running")
    bench.queue("normal")
    bench.do(p.StartTraining())
    bench.until_step(1)
    bench.queue("high", Priority.HIGH)
    assert [job.name for job in bench.jobs()] == ["running", "high", "normal"]
    bench.until_event(p.QueueFinished)
    assert [job.name for job in bench.jobs()] == ["normal", "high", "running"]


def test_refused_nan_and_finished_files_do_not_hold_up_the_queue(open_bench: OpenBench) -> None:
    bench = open_bench(Script(refuse="empty"))
    empty, good = bench.queue("empty"), bench.queue("good")
    assert bench.train() == p.QueueFinished(done=1, failed=1)
    failed = bench.job(empty.id)
    assert (failed.state, failed.reason) == (JobState.FAILED, "empty has nothing to learn from.")
    assert bench.job(good.id).state is JobState.DONE


def test_loss_that_is_not_a_number_fails_the_job_and_keeps_the_last_checkpoint(open_bench: OpenBench) -> None:
    bench = open_bench(Script(nan_at=8))
    job = bench.queue("file")
    assert bench.train().failed == 1
    assert bench.job(job.id).state is JobState.FAILED
    point = bench.head().checkpoint
    assert point is not None
    assert point.step == 7


def test_full_disk_pauses_the_job_and_says_so(open_bench: OpenBench) -> None:
    bench = open_bench(Script(full_at=7))
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_state(HostState.PAUSED)
    assert bench.job(job.id).state is JobState.PAUSED
    assert "The disk is full." in bench.notices()
    bench.do(p.ResumeTraining())
    assert bench.until_event(p.QueueFinished).done == 1


def test_out_of_memory_goes_on_with_half_the_token_budget(open_bench: OpenBench) -> None:
    bench = open_bench(Script(memory_at=6))
    bench.queue("file")
    assert bench.train().done == 1
    assert [started.token_budget for started in bench.told(Started)] == [512, 256, 128, 64]
    assert [started.mode for started in bench.told(Started)] == [Mode.START] + [Mode.RESUME] * 3


def test_superseded_interval_checkpoints_go_and_the_last_two_stay(open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=21, save_every=3))
    job = bench.queue("file")
    bench.train()
    assert bench.saved_steps(job.id) == [18, 21]


def test_state_json_shows_each_transition_and_reads_back(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SLOW)
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(1)
    assert _status(home).state is HostState.TRAINING
    assert _status(home).current_file == "file"
    bench.do(p.PauseTraining(reason="why"))
    assert _status(home).state is HostState.PAUSING
    bench.until_state(HostState.PAUSED)
    assert (_status(home).state, _status(home).reason) == (HostState.PAUSED, "why")
    bench.host.close()
    assert _status(home).job is not None


def _status(home: Home) -> Status:
    return status_from(home.state.read_bytes())


def test_very_many_files_that_cannot_begin_do_not_make_the_host_deaf(
    open_bench: OpenBench, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer, "BEGIN_SECONDS", 0.0)
    bench = open_bench(Script(steps=2))
    jobs = [bench.queue(f"{number}.jsonl") for number in range(5)]
    for job in jobs:
        home.dataset(job.dataset).unlink()
    bench.do(p.StartTraining())
    bench.host.pump()
    left = [job for job in bench.jobs() if job.state is JobState.QUEUED]
    assert left, "all of them in one look at the engine"
    bench.do(p.StopTraining())
    bench.host.pump()
    assert [job for job in bench.jobs() if job.state is JobState.QUEUED] == left
