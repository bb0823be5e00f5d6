"""The real engine process over its protocol: what is asked, what is told, and what then lies on disk."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend import files
from backend.domain.head import Base
from backend.engine.training import checkpoint
from backend.locks import KernelLock, is_held
from backend.paths import Home
from backend.protocol.engine import (
    Answered,
    Ask,
    CheckpointSaved,
    Ended,
    HeldOut,
    ImportModel,
    Metric,
    Mode,
    ModelImported,
    Outcome,
    Pause,
    Paused,
    Prepared,
    Resume,
    Resumed,
    Save,
    Saved,
    Skip,
    Started,
    Stop,
    TaskFailed,
)
from tests.drivers.engine_host import EngineHost
from tests.drivers.segments import ENGINE, Job, adapter_bytes


@pytest.fixture
def own_home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "own-home")
    home.create()
    return home


@pytest.fixture
def start(own_home: Home) -> Iterator[Callable[[], EngineHost]]:
    """Starts engines, one after another, and leaves none behind."""
    hosts: list[EngineHost] = []

    def started() -> EngineHost:
        hosts.append(EngineHost(own_home))
        return hosts[-1]

    yield started
    for host in hosts:
        host.close()


@pytest.fixture
def job(own_home: Home, tiny_base: Base, sample_rows: Callable[[int], Any]) -> Job:
    return Job(own_home, tiny_base, sample_rows(60), rows_per_step=2, epochs=4, dropout=0.1)


def test_a_stopped_job_resumes_bit_exactly_in_a_new_process(
    start: Callable[[], EngineHost], tmp_path: Path, tiny_base: Base, sample_rows: Callable[[int], Any]
) -> None:
    ends = []
    for name, stops in (("whole", False), ("stopped", True)):
        home = Home(tmp_path / name)
        home.create()
        job = Job(home, tiny_base, sample_rows(60), rows_per_step=2, epochs=2, dropout=0.1)
        engine = start().ready()
        engine.send(job.command())
        if stops:
            engine.until(Metric, step=2)
            engine.send(Stop())
            saved = engine.until(CheckpointSaved)
            assert engine.until(Ended).outcome is Outcome.STOPPED
            assert engine.leave() == 0
            engine = start().ready()
            engine.send(job.command(Mode.RESUME, resume_from=saved.path))
            assert engine.until(Started).step == saved.step
        saved = engine.until(CheckpointSaved)
        assert engine.until(Ended).outcome is Outcome.DONE
        assert engine.leave() == 0
        ends.append((job.ledger(), adapter_bytes(saved)))
    assert ends[0] == ends[1]


def test_a_job_from_first_word_to_last(start: Callable[[], EngineHost], job: Job) -> None:
    engine = start().ready()
    engine.send(job.command())
    prepared = engine.until(Prepared)
    assert (prepared.rows, prepared.heldout, prepared.refused) == (57, 3, 0)
    started = engine.until(Started)
    assert (started.step, started.total_steps) == (0, 4 * 29)
    saved = engine.until(CheckpointSaved)
    assert engine.until(Ended).outcome is Outcome.DONE
    assert (saved.step, saved.reason) == (started.total_steps, "end")
    assert files.sha256(Path(saved.path) / files.SUMS) == saved.sums_sha256
    losses = [event.loss for event in engine.told if isinstance(event, HeldOut)]
    assert len(losses) == 11
    assert losses[-1] < losses[0]
    metadata = checkpoint.verify(Path(saved.path))
    assert (metadata.job, metadata.step, metadata.dataset) == (job.number, saved.step, job.dataset)


def test_pause_holds_after_a_saved_checkpoint_until_resume(start: Callable[[], EngineHost], job: Job) -> None:
    engine = start().ready()
    engine.send(job.command())
    engine.until(Metric)
    engine.send(Pause())
    saved = engine.until(CheckpointSaved)
    paused = engine.until(Paused)
    assert (saved.reason, saved.step) == ("pause", paused.step)
    checkpoint.verify(Path(saved.path))
    engine.send(Save())  # nothing new to save
    assert engine.until(Saved).step == paused.step
    engine.send(Resume())
    engine.until(Resumed)
    assert engine.until(Metric).step == paused.step + 1
    engine.send(Save())
    saved = engine.until(CheckpointSaved)
    assert (saved.reason, engine.until(Saved).step) == ("save", saved.step)
    engine.send(Pause())
    engine.until(Paused)
    engine.send(Skip())
    assert engine.until(Ended).outcome is Outcome.SKIPPED
    engine.send(job.command(Mode.START, run_folder=str(job.home.run(2))))
    engine.until(Started)
    engine.send(Stop())
    assert engine.until(Ended).outcome is Outcome.STOPPED
    assert engine.leave() == 0


def test_a_host_that_goes_away_leaves_a_checkpoint(start: Callable[[], EngineHost], job: Job) -> None:
    engine = start().ready()
    assert is_held(job.home.engine_lock)
    engine.send(job.command())
    engine.until(Metric)
    assert engine.hang_up() == 0
    (folder,) = job.home.checkpoints(job.number).iterdir()
    assert checkpoint.verify(folder).reason == "pipe-closed"
    assert checkpoint.read(folder).state.step == len(job.ledger())
    assert not is_held(job.home.engine_lock)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_a_signal_to_end_saves_first_and_the_key_that_interrupts_is_not_heard(
    start: Callable[[], EngineHost], job: Job
) -> None:
    engine = start().ready()
    engine.send(job.command())
    engine.until(Metric)
    engine.process.send_signal(signal.SIGINT)
    engine.until(Metric, step=5)
    engine.process.send_signal(signal.SIGTERM)
    saved = engine.until(CheckpointSaved)
    assert engine.until(Ended).outcome is Outcome.STOPPED
    assert engine.process.wait(60) == 0
    checkpoint.verify(Path(saved.path))


def test_a_second_engine_in_one_home_says_so_and_ends(start: Callable[[], EngineHost], own_home: Home) -> None:
    with KernelLock(own_home.engine_lock):
        engine = start()
        assert "Another engine" in engine.until(TaskFailed).message
        assert engine.process.wait(60) == 3


def test_what_cannot_be_trained_is_refused_and_the_next_job_trains(
    start: Callable[[], EngineHost], job: Job, tiny_base: Base
) -> None:
    engine = start().ready()
    empty = Job(job.home, tiny_base, [])
    engine.send(empty.command())
    ended = engine.until(Ended)
    assert (ended.outcome, bool(ended.message), bool(ended.hint)) == (Outcome.REFUSED, True, True)
    gone = msgspec.structs.replace(tiny_base, path=str(job.home.root / "nowhere"))
    engine.send(job.command(base=gone))
    assert engine.until(Ended).outcome is Outcome.REFUSED
    engine.send(job.command(settings=msgspec.structs.replace(job.settings, epochs=1)))
    assert engine.until(Ended).outcome is Outcome.DONE


def test_file_after_file_trains_one_head_and_questions_are_answered(
    start: Callable[[], EngineHost], job: Job, tiny_base: Base, tiny_model: Path, sample_rows: Callable[[int], Any]
) -> None:
    engine = start().ready()
    engine.send(job.command())
    first = engine.until(CheckpointSaved)
    engine.until(Ended)
    question = ({"role": "user", "content": "What is 3 plus 3?"},)
    answers = []
    for adapter in (None, first.path):
        engine.send(
            Ask(base=tiny_base, adapter_from=adapter, conversations=(question,), max_new_tokens=8, engine=ENGINE)
        )
        answers.append(engine.until(Answered).answers)
    assert answers[0] != answers[1]
    other = Job(job.home, tiny_base, sample_rows(80)[60:], number=2)
    engine.send(other.command(adapter_from=first.path, next_sequence=7))
    assert engine.until(HeldOut).step == 0
    second = engine.until(CheckpointSaved)
    assert engine.until(Ended).outcome is Outcome.DONE
    assert adapter_bytes(second) != adapter_bytes(first)
    assert second.sequence == 7
    engine.send(Ask(base=tiny_base, adapter_from=str(job.home.root), conversations=(question,), engine=ENGINE))
    assert engine.until(TaskFailed).hint
    target = job.home.bases / "imported"
    engine.send(ImportModel(source=str(tiny_model), target=str(target), slug="imported", name="Imported"))
    assert engine.until(ModelImported).base.path == str(target)
    assert engine.leave() == 0
