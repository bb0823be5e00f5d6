"""Nothing is resumed from a checkpoint that is not whole or belongs to another run; each part has its own test."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend import files
from backend.domain.head import Base
from backend.domain.job import JobSettings, Schedule
from backend.engine.training import checkpoint
from backend.engine.training.state import Metadata
from backend.paths import Home
from backend.protocol.engine import CheckpointSaved, Metric, Mode, Outcome, Started, Stop
from backend.settings import EngineSettings
from tests.drivers.segments import ENGINE, Job, Told


@pytest.fixture
def job(tmp_path: Path, tiny_base: Base, sample_rows: Callable[[int], Any]) -> Job:
    home = Home(tmp_path / "own-home")
    home.create()
    return Job(home, tiny_base, sample_rows(24), rows_per_step=8)


@pytest.fixture
def saved(job: Job) -> CheckpointSaved:
    """The checkpoint after step 2 of 3."""
    return job.train(job.command(), {1: Stop()}).saved[-1]


def refused(told: Told, *words: str) -> bool:
    """Whether nothing was trained and the message names what is wrong."""
    assert told.of(Metric) == []
    assert told.of(Started) == []
    assert told.saved == []
    assert [word for word in words if word not in told.ended.message] == []
    return told.ended.outcome is Outcome.REFUSED


def sign_again(folder: Path) -> None:
    """Make SHA256SUMS fit what lies there now."""
    (folder / files.SUMS).unlink()
    files.write(folder / files.SUMS, files.sums_of(folder))


def list_again(folder: Path) -> None:
    """Make metadata.json and SHA256SUMS fit what lies there now."""
    path = folder / checkpoint.METADATA
    metadata = msgspec.json.decode(path.read_bytes(), type=Metadata)
    hashes = {name: files.sha256(folder / name) for name in metadata.files if (folder / name).exists()}
    files.write(path, msgspec.json.encode(msgspec.structs.replace(metadata, files=hashes)))
    sign_again(folder)


def zero(path: Path) -> None:
    """As after a power cut: the right size, and nothing in it."""
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("forge", [None, sign_again, list_again], ids=["plain", "signed", "listed"])
@pytest.mark.parametrize("part", [checkpoint.OPTIMIZER, checkpoint.RNG, checkpoint.STATE, checkpoint.ADAPTER])
def test_a_missing_part(job: Job, saved: CheckpointSaved, part: str, forge: Callable[[Path], None] | None) -> None:
    folder = Path(saved.path)
    (folder / part).unlink()
    if forge is not None:
        forge(folder)
    assert refused(job.resume(saved), part)


@pytest.mark.parametrize("forge", [None, sign_again], ids=["plain", "signed"])
@pytest.mark.parametrize("part", [checkpoint.ADAPTER, checkpoint.OPTIMIZER, checkpoint.RNG, checkpoint.STATE])
def test_zeroed_bytes(job: Job, saved: CheckpointSaved, part: str, forge: Callable[[Path], None] | None) -> None:
    folder = Path(saved.path)
    zero(folder / part)
    if forge is not None:
        forge(folder)
    assert refused(job.resume(saved), part)


@pytest.mark.parametrize("part", [checkpoint.ADAPTER, checkpoint.OPTIMIZER, checkpoint.RNG, checkpoint.STATE])
def test_zeroed_bytes_with_every_hash_forged(job: Job, saved: CheckpointSaved, part: str) -> None:
    zero(Path(saved.path) / part)
    list_again(Path(saved.path))
    assert refused(job.resume(saved), part)


def test_a_checkpoint_that_is_not_there(job: Job, saved: CheckpointSaved) -> None:
    shutil.rmtree(saved.path)
    assert refused(job.resume(saved), "SHA256SUMS")


def test_the_optimizer_state_of_another_adapter(
    job: Job, saved: CheckpointSaved, tiny_base: Base, tmp_path: Path
) -> None:
    home = Home(tmp_path / "other-home")
    home.create()
    rows = [
        {"messages": [{"role": "user", "content": str(i)}, {"role": "assistant", "content": "yes"}]} for i in range(9)
    ]
    other = Job(home, tiny_base, rows)
    adapter = msgspec.structs.replace(other.command().adapter, r=2)
    foreign = other.train(other.command(adapter=adapter)).saved[-1]
    shutil.copy(Path(foreign.path) / checkpoint.OPTIMIZER, Path(saved.path) / checkpoint.OPTIMIZER)
    list_again(Path(saved.path))
    assert refused(job.resume(saved), "optimizer state")


def test_another_dataset(job: Job, saved: CheckpointSaved, tiny_base: Base, sample_rows: Callable[[int], Any]) -> None:
    other = Job(job.home, tiny_base, sample_rows(24)[::-1])
    changes: dict[str, Any] = {"dataset": other.dataset, "dataset_path": str(job.home.dataset(other.dataset))}
    assert refused(job.resume(saved, **changes), "another dataset")


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"rows_per_step": 4}, "number of rows a step"),
        ({"epochs": 2}, "number of epochs"),
        ({"max_length": 24, "cut_long_rows": True}, "tokenisation"),
        ({"heldout_share": 0.25}, "order"),
    ],
)
def test_other_settings_that_decide_what_is_trained(
    job: Job, saved: CheckpointSaved, changes: dict[str, Any], part: str
) -> None:
    settings = msgspec.structs.replace(job.settings, **changes)
    assert refused(job.resume(saved, settings=settings), f"another {part}")


def test_another_shape_of_adapter(job: Job, saved: CheckpointSaved) -> None:
    adapter = msgspec.structs.replace(job.command().adapter, r=8)
    assert refused(job.resume(saved, adapter=adapter), "another adapter")


def test_a_ledger_that_was_cut_or_altered(job: Job, saved: CheckpointSaved) -> None:
    path = job.run_folder / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"step":1', b'"step":7'))
    assert refused(job.resume(saved), "ledger.jsonl")


def test_an_order_that_was_altered_is_made_again(job: Job, saved: CheckpointSaved) -> None:
    path = job.run_folder / "order.json"
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b'"rows_per_step":8', b'"rows_per_step":9'))
    told = job.resume(saved)
    assert (told.ended.outcome, told.of(Started)[0].soft_changes) == (Outcome.DONE, ())
    assert path.read_bytes() == kept


def test_the_checkpoint_before_a_damaged_one_still_goes_on(job: Job) -> None:
    first, second = job.train(job.command(next_sequence=1), {1: Stop()}), None
    second = job.resume(first.saved[-1], {2: Stop()})
    zero(Path(second.saved[-1].path) / checkpoint.ADAPTER)
    assert refused(job.resume(second.saved[-1]))
    assert job.resume(first.saved[-1]).ended.outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("settings", "engine", "named"),
    [
        ({"learning_rate": 1e-3}, {}, "learning rate"),
        ({"schedule": Schedule.CONSTANT}, {}, "schedule"),
        ({}, {"threads": 2}, "threads"),
        ({}, {"token_budget": 64}, "token budget"),
    ],
)
def test_what_only_ends_bit_exactness_is_named(
    job: Job, saved: CheckpointSaved, settings: dict[str, Any], engine: dict[str, Any], named: str
) -> None:
    changed: JobSettings = msgspec.structs.replace(job.settings, **settings)
    machine: EngineSettings = msgspec.structs.replace(ENGINE, **engine)
    told = job.resume(saved, settings=changed, engine=machine)
    assert told.ended.outcome is Outcome.DONE
    (change,) = told.of(Started)[0].soft_changes
    assert change.startswith(named)


def test_another_token_budget_is_an_entry_of_the_ledger(job: Job, saved: CheckpointSaved) -> None:
    told = job.resume(saved, engine=msgspec.structs.replace(ENGINE, token_budget=64))
    assert told.of(Started)[0].token_budget == 64
    assert b'{"step":1,"segment":2,"token_budget":64}' in (job.run_folder / "ledger.jsonl").read_bytes().splitlines()


def test_a_moved_head_is_continued_with_a_fresh_optimizer(
    job: Job, saved: CheckpointSaved, tiny_base: Base, sample_rows: Callable[[int], Any]
) -> None:
    between = Job(job.home, tiny_base, sample_rows(40)[24:], number=2)
    moved = between.train(between.command(adapter_from=saved.path)).saved[-1]
    told = job.train(job.command(Mode.CONTINUE, resume_from=saved.path, adapter_from=moved.path))
    assert told.ended.outcome is Outcome.DONE
    assert told.of(Started)[0].step == 1
    rates = [metric.learning_rate for metric in told.of(Metric)]
    whole = [entry[4] for entry in job.ledger()]
    assert rates == whole[1:]
    assert rates[0] < whole[0] / 5  # a continuation warms up again
    state = checkpoint.read(Path(told.saved[-1].path))
    assert {float(value) for name, value in state.optimizer.items() if name.endswith(".step")} == {2.0}
