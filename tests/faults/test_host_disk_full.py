"""The disk runs full at any one write of the host: it says so, loses nothing, and goes on once there is room.

The writes of a whole life are hit one after the other: the files that show things, and the commits of the database.
ESPALIER_RACES=1 hits each of them.
"""

import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend import files
from backend.domain.job import Job, JobState
from backend.errors import NoSpace
from backend.paths import Home
from backend.protocol import host as p
from backend.store import database
from tests.fakes.hosting import Bench, give_base
from tests.fakes.scripted_engine import Script
from tests.faults.machines import CHOSEN
from tests.faults.verifier import Promises, faults

SCRIPT = Script(steps=6, seconds=0.0, save_every=2, wait_at=3)
SAMPLE = 20
"""So many writes of a life are hit when no long run is asked for."""
EXIT_NO_SPACE = int(NoSpace.exit_status)


class Disk:
    """Counts what the host writes; the chosen one, and as many after it as are wished, find no room."""

    def __init__(self, first: int, count: int) -> None:
        self.full = range(first, first + count)
        self.writes = 0

    def take(self) -> None:
        self.writes += 1
        if self.writes in self.full:
            raise NoSpace("The disk is full, for a test.", "Free some space.")


@contextlib.contextmanager
def writing_to(disk: Disk) -> Iterator[None]:
    """Let the durable layer and the database of this process ask `disk` first."""
    write, atomic = files.write, database.atomic

    def counted_write(path: Path, content: bytes, mode: int = 0o644) -> str:
        disk.take()
        return write(path, content, mode)

    @contextlib.contextmanager
    def counted_atomic(connection: sqlite3.Connection) -> Iterator[None]:
        inner = connection.in_transaction
        with atomic(connection):
            yield
            if not inner:
                disk.take()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "write", counted_write)
        patch.setattr("backend.store.store.atomic", counted_atomic)
        yield


def insist(bench: Bench, request: p.Request) -> None:
    """Ask as a user does who makes room and tries again."""
    while isinstance(reply := bench.ask(request), p.Failure):
        assert reply.exit_status == EXIT_NO_SPACE, reply
        bench.events += bench.host.pump()


def live(bench: Bench, jobs: list[Job]) -> None:
    """Two files train to their end, one of them paused in between."""
    insist(bench, p.StartTraining())
    bench.until_step(3)
    insist(bench, p.PauseTraining())
    bench.until(lambda: bench.job(jobs[0].id).state is JobState.PAUSED, "the pause")
    insist(bench, p.ResumeTraining())
    bench.until(lambda: {bench.job(job.id).state for job in jobs} == {JobState.DONE}, "the end")


@pytest.fixture
def require_nothing_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Disk], None]:
    """One whole life of a home on a disk; nothing may be lost."""
    monkeypatch.setattr("backend.service.NO_SPACE_WAIT", 0.02)
    monkeypatch.setattr("backend.library.shelf.starter_folder", lambda: tmp_path / "no-starter")
    monkeypatch.setattr("tests.fakes.hosting.PATIENCE", 15.0)
    numbers = itertools.count()

    def lived(disk: Disk) -> None:
        home = Home(tmp_path / f"home-{next(numbers)}")
        give_base(home)
        bench = Bench.open(home, SCRIPT)
        jobs = [bench.queue(name) for name in ("first", "second")]
        files.write(home.space_reserve, b"room")
        try:
            with writing_to(disk):
                live(bench, jobs)
        finally:
            bench.host.close()
        kept = Promises(tuple((job.id, job.dataset) for job in jobs), tuple((job.id, 6) for job in jobs))
        assert faults(home.root, kept) == []

    return lived


def test_a_disk_full_at_any_write_of_the_host_loses_nothing(require_nothing_lost: Callable[[Disk], None]) -> None:
    roomy = Disk(0, 0)
    require_nothing_lost(roomy)
    assert roomy.writes > 30
    chosen = range(1, roomy.writes + 1)
    for first in chosen if CHOSEN else chosen[:: len(chosen) // SAMPLE]:
        require_nothing_lost(Disk(first, 1))


def test_a_disk_that_stays_full_for_a_while_holds_the_facts_back(require_nothing_lost: Callable[[Disk], None]) -> None:
    for first in range(1, 40, 2 if CHOSEN else 8):
        require_nothing_lost(Disk(first, 12))
