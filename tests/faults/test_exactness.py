"""The real engine under a host that dies: what is trained is, byte for byte, what an undisturbed run trains."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.datasets.intake import take_in
from backend.domain.head import AdapterSettings, Base, Head
from backend.domain.job import Job, JobSettings, JobState
from backend.domain.move import MoveKind
from backend.domain.status import HostState
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import CheckpointSaved, Metric, Mode, Started
from backend.store.store import Store
from tests.drivers.host_program import HostProgram, until_released
from tests.faults.verifier import Promises, faults

Rows = list[dict[str, Any]]
EPOCHS = 3
SETTINGS = JobSettings(
    rows_per_step=2,
    epochs=EPOCHS,
    max_length=128,
    checkpoint_steps=10,
    dropout=0.1,
    evolution_examples=4,
    template_date="2026-01-02",
)
ENGINE = {"engine.threads": "1", "engine.device": "cpu", "engine.low_priority_on_cpu": "false"}


@dataclass(frozen=True)
class Trained:
    """What a job left: its adapter, and of each step what was trained."""

    adapter: bytes
    ledger: tuple[dict[str, Any], ...]


class Life:
    """A home with the tiny model, and the hosts that come and go on it."""

    def __init__(self, root: Path, base: Base, write_rows: Callable[[Path, Iterable[dict[str, Any]]], Path]) -> None:
        self.home = Home(root / "home")
        self.home.create()
        self._root = root
        self._write_rows = write_rows
        self._programs: list[HostProgram] = []
        store = Store.open(self.home)
        with store.atomic():
            store.bases.put(base)
            store.head.move(Head(base=base.slug, adapter=AdapterSettings(r=4, alpha=8)), MoveKind.USE)
        store.close()
        self.open()
        for key, value in ENGINE.items():
            self.bench.do(p.PutSetting(key=key, value=value))

    def open(self) -> None:
        self.program = HostProgram(self.home)
        self.bench = self.program.bench
        self._programs.append(self.program)

    def queue(self, name: str, rows: Rows) -> Job:
        file = take_in(self.home, self._write_rows(self._root / name, rows))
        reply = self.bench.ask(p.Enqueue(dataset=file, settings=SETTINGS))
        assert isinstance(reply, p.Queued), reply
        return reply.job

    def begin(self) -> None:
        """Train until a checkpoint is announced, and a few steps more."""
        self.bench.do(p.StartTraining())
        saved = self.bench.until_event(CheckpointSaved)
        self.bench.until_event(Metric, lambda metric: metric.step >= saved.step + 3)

    def pause(self, job: Job) -> None:
        self.bench.do(p.PauseTraining(reason="night"))
        self.bench.until(lambda: self.bench.job(job.id).state is JobState.PAUSED, "the pause")

    def finish(self, job: Job) -> Trained:
        """Train to the end, close, and look at the home from outside."""
        self.bench.do(p.StartTraining())
        self.bench.until(lambda: self.bench.job(job.id).state is JobState.DONE, "the end")
        self.program.close()
        kept = Promises(((job.id, job.dataset),), ((job.id, self.steps(job)[-1]["step"]),))
        assert faults(self.home.root, kept) == []
        adapter = (self.home.current_model / "adapter_model.safetensors").read_bytes()
        return Trained(adapter, tuple({**step, "segment": 0} for step in self.steps(job)))

    def steps(self, job: Job) -> Rows:
        lines = self.home.ledger(job.id).read_bytes().splitlines()
        return [step for step in map(msgspec.json.decode, lines) if "samples" in step]

    def end(self) -> None:
        for program in self._programs:
            program.end()


@pytest.fixture(scope="module")
def live(
    tmp_path_factory: pytest.TempPathFactory,
    tiny_base: Base,
    write_rows: Callable[[Path, Iterable[dict[str, Any]]], Path],
) -> Iterator[Callable[[], Life]]:
    lives: list[Life] = []

    def begin() -> Life:
        lives.append(Life(tmp_path_factory.mktemp("life"), tiny_base, write_rows))
        return lives[-1]

    yield begin
    for life in lives:
        life.end()


@pytest.fixture(scope="session")
def rows(sample_rows: Callable[[int], Rows]) -> Rows:
    return sample_rows(60)


@pytest.fixture(scope="module")
def undisturbed(live: Callable[[], Life], rows: Rows) -> Trained:
    life = live()
    return life.finish(life.queue("rows.jsonl", rows))


def test_a_host_killed_in_a_pause_changes_nothing(live: Callable[[], Life], rows: Rows, undisturbed: Trained) -> None:
    life = live()
    job = life.queue("rows.jsonl", rows)
    life.begin()
    life.pause(job)
    step = life.bench.job(job.id).step
    life.program.kill()
    life.open()
    until_released(life.home)
    assert life.bench.status().state is HostState.PAUSED
    assert (life.bench.job(job.id).state, life.bench.job(job.id).step) == (JobState.PAUSED, step)
    assert life.finish(job) == undisturbed
    assert life.bench.told(Started)[-1].mode is Mode.RESUME


def test_host_and_engine_killed_in_the_middle_change_nothing(
    live: Callable[[], Life], rows: Rows, undisturbed: Trained
) -> None:
    life = live()
    job = life.queue("rows.jsonl", rows)
    life.begin()
    engine = life.program.engine()
    assert engine is not None
    engine.suspend()  # it shall save nothing when its host is gone
    life.program.kill()
    engine.kill()
    life.open()
    resumed = life.bench.until_event(Started)
    assert (resumed.mode, resumed.step % SETTINGS.checkpoint_steps) == (Mode.RESUME, 0)
    assert life.finish(job) == undisturbed


def test_a_paused_engine_that_was_released_changes_nothing(
    live: Callable[[], Life], rows: Rows, undisturbed: Trained
) -> None:
    life = live()
    job = life.queue("rows.jsonl", rows)
    life.bench.do(p.PutSetting(key="engine.release_after_minutes", value="0.001"))
    life.begin()
    life.pause(job)
    life.bench.until(lambda: life.bench.status().engine_released is True, "the release")
    until_released(life.home)
    assert life.finish(job) == undisturbed


def test_a_skipped_file_goes_on_later_and_trains_each_row_once_an_epoch(
    live: Callable[[], Life], rows: Rows, undisturbed: Trained
) -> None:
    life = live()
    job, other = life.queue("rows.jsonl", rows), life.queue("other.jsonl", rows[:24])
    life.begin()
    life.bench.do(p.SkipJob(reason="later"))
    life.bench.until(lambda: life.bench.job(job.id).state is JobState.SKIPPED, "the skip")
    step = life.bench.job(job.id).step
    life.bench.until(lambda: life.bench.job(other.id).state is JobState.DONE, "the other file")
    life.bench.until(lambda: life.bench.job(job.id).state is JobState.DONE, "the end")
    steps = life.steps(job)
    assert [entry["step"] for entry in steps] == list(range(1, len(steps) + 1))
    assert {entry["segment"] for entry in steps[:step]} == {1}
    assert {entry["segment"] for entry in steps[step:]} == {2}
    assert [entry["samples"] for entry in steps] == [entry["samples"] for entry in undisturbed.ledger]
    assert set(Counter(line for entry in steps for line in entry["samples"]).values()) == {EPOCHS}
    reply = life.bench.ask(p.GetHistory(job=job.id))
    assert isinstance(reply, p.HistoryReply)
    trail = [(entry.what, entry.reason) for entry in reply.entries]
    assert ("skipped", "later") in trail
    assert ("started", f"continue at step {step}") in trail
    told = f"The head has moved since rows.jsonl last trained: it continues at step {step} on the new head."
    assert told in life.bench.notices()
    assert ("notice", told) in trail
    assert life.finish(job).adapter
