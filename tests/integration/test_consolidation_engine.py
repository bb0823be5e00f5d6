"""A real engine process makes a version of what it trained: whole, sealed, readable by anyone, or nothing at all."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend import files
from backend.domain.head import Base
from backend.domain.version import VersionCard
from backend.errors import ExitStatus
from backend.paths import Home
from backend.protocol.engine import (
    Activity,
    Answered,
    Ask,
    CancelMerge,
    CheckpointSaved,
    Ended,
    Merged,
    MergeFailed,
)
from tests.drivers.engine_host import EngineHost
from tests.drivers.merging import merge_of
from tests.drivers.segments import ENGINE, Job


@pytest.fixture(scope="module")
def merge_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("merge") / "home")
    home.create()
    return home


@pytest.fixture(scope="module")
def engine(merge_home: Home) -> Iterator[EngineHost]:
    host = EngineHost(merge_home).ready()
    yield host
    host.close()


@pytest.fixture(scope="module")
def job(merge_home: Home, tiny_base: Base, sample_rows: Callable[[int], Any]) -> Job:
    return Job(merge_home, tiny_base, sample_rows(60), rows_per_step=4, epochs=3)


@pytest.fixture(scope="module")
def adapter(engine: EngineHost, job: Job) -> Path:
    """The checkpoint at the end of a training."""
    engine.send(job.command())
    saved = engine.until(CheckpointSaved)
    engine.until(Ended)
    return Path(saved.path)


def test_a_version_is_whole_sealed_and_answers_like_base_and_adapter(
    engine: EngineHost, job: Job, adapter: Path
) -> None:
    told = len(engine.told)
    engine.send(merge_of(job, adapter))
    merged = engine.until(Merged)
    folder = Path(merged.path)
    files.verify(folder, merged.sums_sha256)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {files.SEALED}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_dir()} == {0o755}
    assert msgspec.json.decode((folder / "metadata.json").read_bytes(), type=VersionCard) == merged.card
    assert merged.card.gate is not None
    assert merged.card.gate.passed
    assert any(event.total for event in engine.told[told:] if isinstance(event, Activity))
    question = ({"role": "user", "content": merged.card.gate.question},)
    version = Base(slug="v001", path=merged.path, sha256=merged.sums_sha256)
    asks = [
        Ask(base=version, conversations=(question,), engine=ENGINE, max_new_tokens=32),
        Ask(base=job.base, adapter_from=str(adapter), conversations=(question,), engine=ENGINE, max_new_tokens=32),
    ]
    answers = []
    for ask in asks:
        engine.send(ask)
        answers.append(engine.until(Answered).answers)
    assert answers[0] == answers[1] == (merged.card.gate.adapter_answer,)


def test_a_cancelled_merge_is_told_and_the_engine_goes_on(engine: EngineHost, job: Job, adapter: Path) -> None:
    target = job.home.versions / "v002_20260102_030405_rows"
    told = len(engine.told)
    engine.send(merge_of(job, adapter, operation=2, target=str(target)))
    engine.until(Activity)
    engine.send(CancelMerge(operation=2))
    failed = engine.until(MergeFailed)
    assert (failed.operation, failed.cancelled) == (2, True)
    assert not any(isinstance(event, Merged) for event in engine.told[told:])
    assert [path.name for path in job.home.versions.iterdir() if "v002" in path.name] == []
    engine.send(Ask(base=job.base, conversations=(({"role": "user", "content": "Hi"},),), engine=ENGINE))
    engine.until(Answered)


def test_a_merge_of_a_damaged_adapter_fails_in_words(
    engine: EngineHost, job: Job, adapter: Path, tmp_path: Path
) -> None:
    (tmp_path / "adapter_config.json").write_bytes((adapter / "adapter_config.json").read_bytes())
    engine.send(merge_of(job, tmp_path, operation=3, target=str(job.home.versions / "v003_x")))
    failed = engine.until(MergeFailed)
    assert (failed.operation, failed.cancelled, failed.exit_status) == (3, False, ExitStatus.FAILED)
    assert files.SUMS in failed.message
