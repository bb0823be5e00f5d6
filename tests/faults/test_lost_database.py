"""The database is lost: `doctor --rebuild` brings all back but what waited, and says so (decision 0022)."""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend import settings
from backend.backup.root import second_root
from backend.domain.backup import Subject
from backend.domain.job import JobState
from backend.health.check import Check
from backend.health.home import home_checks
from backend.health.rebuild import rebuild
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.evolution import GetRun, ListRuns
from backend.reading import Reader
from backend.store.store import Store
from tests.fakes.hosting import Bench, give_base
from tests.fakes.scripted_engine import Script
from tests.faults.verifier import faults
from tests.makers.versions import make_backup, make_version

STEPS = 6
SCRIPT = Script(steps=STEPS, save_every=2, seconds=0.0, refuse="refused")
UNKEPT = ("operations", "events", "cards_due", "_sqlite_migrations", "sqlite_sequence")
"""Tables that are lost, or differ by what is no content."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed home with a past: trained, undone, consolidated, trained on, skipped, refused, backed up, waiting."""
    root = tmp_path_factory.mktemp("lived")
    home = Home(root / "home")
    give_base(home)
    settings.put(home, "backup.second_location", str(_made(root / "second")))
    bench = Bench.open(home, SCRIPT)
    for name in ("first", "undone", "refused"):
        bench.queue(name)
    bench.train()
    bench.do(p.UndoTraining())
    bench.queue("again")
    bench.train()
    bench.do(p.TakeDaily())
    bench.until_event(p.DailyTaken)
    bench.host.close()
    _keep(home)
    bench = Bench.open(home, SCRIPT)
    bench.queue("onwards")
    bench.train()
    bench.host.close()
    bench = Bench.open(home, msgspec.structs.replace(SCRIPT, wait_at=3))
    bench.queue("stopped")
    bench.do(p.StartTraining())
    bench.until_step(3)
    bench.do(p.StopTraining(reason="enough for today"))
    bench.until(lambda: bench.job(6).state is JobState.QUEUED and bench.job(6).step == 3)
    bench.queue("waiting")
    bench.do(p.PauseTraining(reason="a holiday"))
    bench.host.close()
    return root


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _keep(home: Home) -> None:
    """A version, which the head then stands on, and backups in both places."""
    second = second_root(settings.load(home).backup)
    assert second is not None
    with closing(Store.open(home)) as store:
        make_backup(home, store, Subject.HEAD, "", second=second)
        version = make_version(home, store)
        make_backup(home, store, Subject.VERSION, version.id)
        make_backup(home, store, Subject.DAILY, store.dailies.all()[0].day, second=second)


@pytest.fixture
def home(lived: Path, tmp_path: Path) -> Iterator[Home]:
    """The home in its own place, for its paths are absolute in part; put back as it was afterwards."""
    kept = tmp_path / "kept"
    shutil.copytree(lived, kept, symlinks=True)
    yield Home(lived / "home")
    shutil.rmtree(lived)
    shutil.copytree(kept, lived, symlinks=True)


def tables(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Every row that is to come back."""
    with closing(sqlite3.connect(home.database)) as db:
        db.row_factory = sqlite3.Row
        names = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
        found = {name: [dict(row) for row in db.execute(f"select * from {name}")] for name in names}
    waiting = {row["dataset"] for row in found["jobs"] if row["started_at"] is None and row["ended_at"] is None}
    found["jobs"] = [row for row in found["jobs"] if row["dataset"] not in waiting]
    found["datasets"] = [row | {"added_at": ""} for row in found["datasets"] if row["sha256"] not in waiting]
    found["checkpoints"] = [row for row in found["checkpoints"] if row["state"] != "gone"]
    return {name: sorted(rows, key=repr) for name, rows in found.items() if name not in UNKEPT}


def answers(home: Home) -> list[p.Reply]:
    """What readers are told; of the queue without what only waited."""
    reader = Reader(home)
    questions: list[p.Request] = [
        p.GetHead(),
        p.GetHeadHistory(),
        p.GetDailies(),
        p.ListModels(),
        ListRuns(),
    ]
    replies = [reader.handle(question) for question in questions]
    jobs = reader.handle(p.ListJobs())
    assert isinstance(jobs, p.JobsReply)
    replies.append(p.JobsReply(jobs=tuple(job for job in jobs.jobs if job.started_at or job.ended_at)))
    return [*replies, *(reader.handle(GetRun(run=run)) for run in range(1, 5))]


def wrong(checks: list[Check]) -> list[str]:
    return [f"{check.name}: {check.text}" for check in checks if not check.ok]


def lose(home: Home) -> None:
    for path in home.root.glob("espalier.db*"):
        path.unlink()


def test_everything_comes_back_but_what_waited_and_that_is_said(home: Home) -> None:
    before, told = tables(home), answers(home)
    lose(home)
    checks = rebuild(home)
    assert wrong(checks) == []
    assert tables(home) == before
    assert answers(home) == told
    waited = next(check for check in checks if check.name == "queue")
    assert "1 stored files belong to no job" in waited.text
    assert hashlib.sha256(b'{"text": "waiting"}\n').hexdigest() in waited.hint
    assert any(check.name == "history" and "audit trail" in check.text for check in checks)
    assert wrong(list(home_checks(home))) == []
    assert faults(home.root) == []


def test_a_second_rebuild_changes_nothing_and_keeps_what_waits_by_then(home: Home) -> None:
    lose(home)
    rebuild(home)
    bench = Bench.open(home, SCRIPT)
    bench.queue("new")
    bench.host.close()
    before, files_before = tables(home), sorted(home.root.rglob("*"))
    checks = rebuild(home)
    assert wrong(checks) == []
    assert tables(home) == before
    assert sorted(home.root.rglob("*")) == files_before
    lose(home)
    rebuild(home)
    assert tables(home) == before
