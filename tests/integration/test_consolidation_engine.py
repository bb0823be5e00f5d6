"""A real engine process makes a version of what it trained: whole, sealed, readable by anyone, or nothing at all."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend import files
from backend.domain.head import Base
from backend.paths import Home
from backend.protocol.engine import CheckpointSaved, Ended, Merged
from tests.drivers.engine_host import EngineHost
from tests.drivers.merging import merge_of
from tests.drivers.segments import Job


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


def test_a_version_is_whole_sealed_and_says_what_it_is(engine: EngineHost, job: Job, adapter: Path) -> None:
    engine.send(merge_of(job, adapter))
    merged = engine.until(Merged)
    folder = Path(merged.path)
    files.verify(folder, merged.sums_sha256)
    print(merged.card)
