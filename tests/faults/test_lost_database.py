"""The database is lost: `doctor --rebuild` brings all back but what waited, and says so (decision 0022)."""

import hashlib
import sqlite3
from contextlib import closing
from typing import Any

import msgspec
import pytest

from backend import files
from backend.cards import card as cards
from backend.cards.keeper import CardKeeper
from backend.domain.head import Head
from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.errors import Damaged
from backend.health.check import Check
from backend.health.home import home_checks
from backend.health.rebuild import rebuild
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.evolution import GetRun, ListRuns
from backend.reading import Reader
from backend.service import Service
from backend.store.store import Store
from backend.supervisor.launcher import LocalLauncher
from tests.fakes.hosting import Bench
from tests.fakes.lived_home import SCRIPT, STEPS, STOPPED, WAITING
from tests.fakes.version_host import spoil
from tests.faults.verifier import faults

UNKEPT = ("operations", "events", "cards_due", "_sqlite_migrations", "sqlite_sequence")
"""Tables that are lost, or differ by what is no content."""


def tables(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Every row that is to come back."""
    with closing(sqlite3.connect(home.database)) as db:
        db.row_factory = sqlite3.Row
        names = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
        found = {name: [dict(row) for row in db.execute(f"select * from {name}")] for name in names}
    waiting = {row["dataset"] for row in found["jobs"] if row["started_at"] is None and row["ended_at"] is None}
    found["jobs"] = [row for row in found["jobs"] if row["dataset"] not in waiting]
    found["datasets"] = [row for row in found["datasets"] if row["sha256"] not in waiting]
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


def test_everything_comes_back_but_what_waited_and_that_is_said(past_home: Home) -> None:
    before, told = tables(past_home), answers(past_home)
    lose(past_home)
    checks = rebuild(past_home)
    assert wrong(checks) == []
    assert tables(past_home) == before
    assert answers(past_home) == told
    waited = next(check for check in checks if check.name == "queue")
    assert "1 stored file belongs to no job" in waited.text
    assert hashlib.sha256(f'{{"text": "{WAITING}"}}\n'.encode()).hexdigest() in waited.hint
    assert any(check.name == "history" and "audit trail" in check.text for check in checks)
    assert wrong(list(home_checks(past_home))) == []
    assert faults(past_home.root) == []


def test_a_second_rebuild_changes_nothing_and_keeps_what_waits_by_then(past_home: Home) -> None:
    lose(past_home)
    rebuild(past_home)
    bench = Bench.open(past_home, SCRIPT)
    bench.queue("new")
    bench.host.close()
    before, files_before = tables(past_home), sorted(past_home.root.rglob("*"))
    checks = rebuild(past_home)
    assert wrong(checks) == []
    assert tables(past_home) == before
    assert sorted(past_home.root.rglob("*")) == files_before
    lose(past_home)
    rebuild(past_home)
    assert tables(past_home) == before


def test_training_goes_on_and_no_number_comes_twice(past_home: Home) -> None:
    with closing(Store.open(past_home)) as store:
        checkpoint, job = store.checkpoints.last_sequence(), max(job.id for job in store.jobs.live())
        (move, *_), daily = store.head.moves(), store.dailies.last_sequence()
    lose(past_home)
    rebuild(past_home)
    bench = Bench.open(past_home, SCRIPT)
    assert bench.status().state is HostState.PAUSED
    new = bench.queue("new")
    assert new.id == job + 1
    bench.train()
    assert {bench.job(STOPPED).state, bench.job(new.id).state} == {JobState.DONE}
    bench.host.close()
    with closing(Store.open(past_home)) as store:
        later = [point.checkpoint for point in store.checkpoints.of_job(STOPPED)]
        assert {point.step for point in later if point.id > checkpoint} == {4, STEPS}
        assert store.segments.last(STOPPED) == 2
        assert next(iter(store.head.moves())).id > move.id
        assert store.dailies.last_sequence() == daily
    assert faults(past_home.root) == []


def test_undo_and_redo_lead_where_they_led_before(past_home: Home) -> None:
    bench = Bench.open(past_home, SCRIPT)
    bench.do(p.UndoTraining())
    bench.host.close()
    heads = [bench_head(past_home, request) for request in (None, p.RedoTraining(), p.UndoTraining(), p.UndoTraining())]
    again = Bench.open(past_home, SCRIPT)
    again.do(p.RedoTraining())
    again.host.close()
    lose(past_home)
    assert wrong(rebuild(past_home)) == []
    found = [bench_head(past_home, request) for request in (None, p.RedoTraining(), p.UndoTraining(), p.UndoTraining())]
    assert found == [heads[2], heads[1], heads[2], heads[3]]


def bench_head(home: Home, request: p.Request | None) -> Head:
    bench = Bench.open(home, SCRIPT)
    if request is not None:
        bench.do(request)
    head = bench.head()
    bench.host.close()
    return head


def test_no_host_begins_a_new_database_beside_old_folders(past_home: Home) -> None:
    lose(past_home)
    with pytest.raises(Damaged, match="is missing") as refused:
        Service(past_home, LocalLauncher(SCRIPT.command()))
    assert "doctor --rebuild" in refused.value.hint
    shown = Reader(past_home).handle(p.ListJobs())
    assert isinstance(shown, p.Failure)
    assert "doctor --rebuild" in shown.hint
    assert wrong(list(home_checks(past_home))) == [
        f"database: {past_home.database} is missing, and what was trained here is not"
    ]
    assert not past_home.database.exists()


@pytest.mark.parametrize("offset", [0, 4096])
def test_a_database_that_cannot_be_read_is_put_aside_and_made_again(past_home: Home, offset: int) -> None:
    before = tables(past_home)
    content = bytearray(past_home.database.read_bytes())
    content[offset : offset + 4096 * 3] = b"\xff" * 4096 * 3
    past_home.database.write_bytes(content)
    checks = rebuild(past_home)
    assert wrong(checks) == []
    aside = next(past_home.root.glob("espalier-unreadable-*.db"))
    assert aside.read_bytes() == bytes(content)
    assert any(str(aside) in check.text for check in checks)
    assert tables(past_home) == before


def test_a_damaged_card_is_named_and_its_job_comes_from_its_checkpoints(past_home: Home) -> None:
    before = tables(past_home)
    path = past_home.job_card(1)
    path.write_bytes(path.read_bytes().replace(b'"done"', b'"dine"'))
    lose(past_home)
    checks = rebuild(past_home)
    assert wrong(checks) == [f"card: passed over: {path} is not what was written."]
    after = tables(past_home)
    same = ("checkpoints", "head", "head_moves", "versions", "backups", "dailies", "evolution_runs", "bases")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    shown = ("id", "dataset", "name", "state", "step", "total_steps", "loss")
    assert [{key: job[key] for key in shown} for job in after["jobs"]] == [
        {key: job[key] for key in shown} for job in before["jobs"]
    ]
    rebuild(past_home)
    assert cards.read(path).rows["jobs"][0]["state"] == "done"


def test_without_any_card_the_folders_tell_what_the_head_is_made_of(past_home: Home) -> None:
    before, head = tables(past_home), bench_head(past_home, None)
    for path in cards.places(past_home):
        path.unlink()
    lose(past_home)
    checks = rebuild(past_home)
    assert wrong(checks) == []
    after = tables(past_home)
    assert bench_head(past_home, None) == head
    assert after["dailies"] == before["dailies"]
    for name, columns in (("versions", ("id", "sums_sha256", "tags")), ("bases", ("slug", "path", "sha256"))):
        assert [[row[key] for key in columns] for row in after[name]] == [
            [row[key] for key in columns] for row in before[name]
        ]
    assert [row["id"] for row in after["backups"]] == [row["id"] for row in before["backups"]]
    assert [row["id"] for row in after["checkpoints"]] == [row["id"] for row in before["checkpoints"]]
    assert {job["id"] for job in after["jobs"]} == {1, 2, 4, 5, 6}
    bench = Bench.open(past_home, SCRIPT)
    assert bench.do(p.UndoTraining()).startswith("Undone: training of stopped")
    assert bench.do(p.UndoTraining()).startswith("Undone: training of onwards")
    assert bench.head().base == "v001"
    bench.host.close()


def test_the_head_never_stands_on_what_does_not_verify(past_home: Home) -> None:
    head = bench_head(past_home, None)
    assert head.checkpoint is not None
    weights = past_home.root / head.checkpoint.path / "adapter_model.safetensors"
    weights.write_bytes(b"altered")
    lose(past_home)
    (fault,) = wrong(rebuild(past_home))
    assert f"checkpoint {head.checkpoint.id}, on which the head stood, is damaged: it went back to checkpoint" in fault
    fallen = bench_head(past_home, None)
    assert fallen.checkpoint is not None
    assert fallen.checkpoint.id == head.checkpoint.id - 1
    assert fallen.base == head.base


def test_the_head_is_its_base_alone_where_no_checkpoint_of_it_verifies(past_home: Home) -> None:
    for weights in past_home.runs.glob("*/checkpoints/*/adapter_model.safetensors"):
        weights.write_bytes(b"altered")
    lose(past_home)
    (fault,) = wrong(rebuild(past_home))
    assert "it went back to its base, without an adapter" in fault
    assert bench_head(past_home, None).base == "v001"
    assert bench_head(past_home, None).checkpoint is None


def test_a_damaged_model_under_the_head_is_named_and_nothing_is_called_read_back(past_home: Home) -> None:
    weights = next(past_home.versions.glob("v001_*")) / "model.safetensors"
    spoil(weights)
    lose(past_home)
    checks = rebuild(past_home)
    (fault,) = [check for check in checks if not check.ok]
    assert "v001, the model that the head stands on, is damaged" in fault.text
    assert str(weights) in fault.hint
    assert bench_head(past_home, None).base == "v001"


def test_without_any_move_the_head_goes_back_to_the_newest_checkpoint_that_verifies(past_home: Home) -> None:
    head = bench_head(past_home, None)
    assert head.checkpoint is not None
    (past_home.root / head.checkpoint.path / "adapter_model.safetensors").write_bytes(b"altered")
    for path in cards.places(past_home):
        if cards.read(path).kind == "moves":
            path.unlink()
    lose(past_home)
    rebuild(past_home)
    fallen = bench_head(past_home, None)
    assert fallen.checkpoint is not None
    assert (fallen.checkpoint.id, fallen.base) == (head.checkpoint.id - 1, head.base)


def test_what_was_saved_last_and_never_recorded_is_taken_in_by_the_next_host(past_home: Home) -> None:
    last = max(past_home.checkpoints(STOPPED).iterdir())
    later = last.with_name(f"{int(last.name) + 1:08d}")
    card = msgspec.json.decode((last / "metadata.json").read_bytes())
    with files.staged(later) as staging:
        for path in last.iterdir():
            if path.name not in (files.SUMS, "metadata.json"):
                files.write(staging / path.name, path.read_bytes())
        changed = card | {"id": int(later.name), "step": card["step"] + 1}
        files.write(staging / "metadata.json", msgspec.json.encode(changed))
    with closing(sqlite3.connect(past_home.database)) as db, db:
        db.execute("update segments set ended_at = null, outcome = null where job = 6")
        db.execute("update jobs set state = 'running' where id = 6")
    with closing(Store.open(past_home)) as store:
        CardKeeper(past_home, store).close()
    lose(past_home)
    assert wrong(rebuild(past_home)) == []
    head = bench_head(past_home, None)
    assert head.checkpoint is not None
    assert head.checkpoint.id == int(later.name)
    assert faults(past_home.root) == []


def test_a_version_that_lies_in_its_place_and_is_gone_by_its_row_is_named_and_taken_in(past_home: Home) -> None:
    before = tables(past_home)["versions"]
    with closing(sqlite3.connect(past_home.database)) as db, db:
        db.execute("update versions set condition = 'gone'")
    [place] = past_home.versions.glob("v001_*")
    assert f"unknown: {place} is known to nobody" in wrong(list(home_checks(past_home)))
    assert wrong(rebuild(past_home)) == []
    after = tables(past_home)["versions"]
    assert [(row["id"], row["condition"], row["tags"]) for row in after] == [
        (row["id"], "whole", row["tags"]) for row in before
    ]


def test_a_version_and_a_snapshot_that_no_database_knows_are_taken_in(past_home: Home) -> None:
    before = tables(past_home)
    with closing(sqlite3.connect(past_home.database)) as db, db:
        for table in ("versions", "dailies", "backups"):
            db.execute(f"delete from {table}")
    assert wrong(list(home_checks(past_home)))
    assert wrong(rebuild(past_home)) == []
    after = tables(past_home)
    assert after["dailies"] == before["dailies"]
    assert [row["id"] for row in after["versions"]] == ["v001"]
    assert [row["id"] for row in after["backups"]] == [row["id"] for row in before["backups"]]
    assert [row["second"] is None for row in after["backups"]] == [row["second"] is None for row in before["backups"]]
