"""Backups through the host: taken, laid out, refused, copied to a second location, verified, cleaned up."""

import contextlib
import datetime
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from backend import files
from backend.backup import folder as places
from backend.backup.taking import BackupTaking
from backend.clock import local_now
from backend.domain.backup import BackupType, Keeps, Subject
from backend.domain.move import MoveKind
from backend.domain.operation import OperationState
from backend.domain.version import Condition
from backend.errors import Damaged
from backend.operations.work import Progress
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from backend.settings import BackupSettings
from backend.store.store import Store
from tests.fakes import scripted_trial
from tests.fakes.backup_host import back_up, check_sums, home_folder, listed, use_second
from tests.fakes.hosting import OpenBench
from tests.fakes.scripted_engine import Script
from tests.fakes.version_host import begun, done, ended, failed, make_version, spoil, train

SCRIPT = Script(steps=4, seconds=0.001, save_every=2)


def renew_sums(home: Home, checkpoint: int) -> None:
    """Let the database know a checkpoint as it lies on the disk; no host may be there."""
    with contextlib.closing(sqlite3.connect(home.database)) as connection, connection:
        [path] = connection.execute("select path from checkpoints where id = ?", (checkpoint,)).fetchone()
        sums = files.sha256(home.root / path / files.SUMS)
        connection.execute("update checkpoints set sums_sha256 = ? where id = ?", (sums, checkpoint))


def test_a_heads_backup_holds_its_checkpoint_as_it_was_and_its_base_once(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    head = bench.head()
    first, second = back_up(bench), back_up(bench)
    assert first.here.condition is Condition.WHOLE
    assert first.here.verified_at
    assert first.here.loaded_at
    assert head.checkpoint is not None
    for one in (first, second):
        folder = home_folder(home, one)
        assert folder.parent.name == BackupType.MANUAL
        check_sums(folder)
        check_sums(folder / places.CONTENT)
        files.verify(folder / places.CONTENT, head.checkpoint.sums_sha256)
        assert places.read(folder) == one.card
        assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o444}
    [base] = (home.backups / "bases").iterdir()
    assert first.card.base is not None
    assert base.name == f"tiny-{first.card.base.sha256[:8]}"
    check_sums(base)
    assert not list(home.backups.rglob(".staging-*"))


def test_a_damaged_source_is_named_and_not_backed_up(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    point = bench.head().checkpoint
    assert point is not None
    spoil(home.root / point.path / "adapter_model.safetensors")
    over = failed(bench, k.CreateBackup())
    assert str(home.root / point.path / "adapter_model.safetensors") in over.text
    assert listed(bench).backups == ()
    assert not list(home.backups.glob("manual/*"))
    assert not list(home.backups.glob("bases/*")), "the base that was brought for it goes with it"


def test_a_model_that_does_not_load_is_no_backup_except_in_an_emergency(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    point = bench.head().checkpoint
    assert point is not None
    folder = home.root / point.path
    (folder / "trial-fails").write_bytes(b"")
    files.write(folder / files.SUMS, files.sums_of(folder))
    bench.host.close()
    renew_sums(home, point.id)
    bench = open_bench(SCRIPT)
    assert "does not load" in failed(bench, k.CreateBackup()).text
    assert listed(bench).backups == ()
    done(bench, k.CreateBackup(backup_type=BackupType.EMERGENCY))
    [backup] = listed(bench).backups
    assert backup.here.loaded_at is None
    assert "does not load" in backup.here.message
    assert listed(bench).staying == ((Keeps.YOUNG, Keeps.TODAY, Keeps.HEAD, Keeps.UNVERIFIED),)


def test_every_kind_of_artefact_can_be_copied(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    make_version(bench, "a")
    train(bench, "b")
    bench.do(p.TakeDaily())
    bench.until_event(p.DailyTaken)
    point = bench.head().checkpoint
    assert point is not None
    [day] = [path.name for path in home.snapshots.iterdir()]
    run = next(path.name for path in home.evolution.iterdir())
    wanted = {
        Subject.VERSION: "v001",
        Subject.CHECKPOINT: str(point.id),
        Subject.DAILY: day,
        Subject.BASE: "tiny",
        Subject.EVOLUTION: run,
    }
    for subject, of in wanted.items():
        backup = back_up(bench, subject, of)
        assert (backup.card.subject, backup.card.of) == (subject, of)
        check_sums(home_folder(home, backup))
        check_sums(home_folder(home, backup) / places.CONTENT)
        assert (backup.here.loaded_at is None) == (subject is Subject.EVOLUTION)
    assert "There is no version v009" in bench.refusal(k.CreateBackup(subject=Subject.VERSION, of="v009")).message


def test_the_second_location_has_its_own_state_and_is_made_up(
    open_bench: OpenBench, home: Home, tmp_path: Path
) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    location = tmp_path / "other disk"
    use_second(bench, location)
    first = back_up(bench)
    assert first.here.condition is Condition.WHOLE
    assert first.second is not None
    assert first.second.condition is Condition.GONE
    assert str(location) in first.second.message
    assert "not copied to the second location" in bench.notices()
    assert listed(bench).second_problem
    location.mkdir()
    second = back_up(bench)
    first = listed(bench).backups[0]
    for one in (first, second):
        assert one.second is not None
        assert one.second.condition is Condition.WHOLE
        assert one.second.verified_at
        check_sums(location / one.path)
        files.verify(location / one.path, one.sums_sha256)
    check_sums(next((location / "bases").iterdir()))


def test_an_empty_folder_where_the_disk_was_is_no_second_location(
    open_bench: OpenBench, home: Home, tmp_path: Path
) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    location = tmp_path / "mounted"
    location.mkdir()
    use_second(bench, location)
    first = back_up(bench)
    location.rename(tmp_path / "unplugged")
    location.mkdir()
    second = back_up(bench)
    assert second.second is not None
    assert (second.second.condition, "disk connected" in second.second.message) == (Condition.GONE, True)
    assert "disk connected" in failed(bench, k.VerifyBackups(backups=(first.id,))).text
    assert listed(bench).backups[0].second == first.second, "nothing is known of it, so nothing is changed"
    assert list(location.iterdir()) == []
    location.rmdir()
    (tmp_path / "unplugged").rename(location)
    done(bench, k.VerifyBackups())
    assert [one.second and one.second.condition for one in listed(bench).backups] == [Condition.WHOLE] * 2


def test_a_disk_that_goes_away_while_it_is_read_is_not_called_damaged(
    open_bench: OpenBench, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    location = tmp_path / "mounted"
    location.mkdir()
    use_second(bench, location)
    backup = back_up(bench)
    verify = files.verify

    def unplugged(folder: Path, *args: Any, **options: Any) -> None:
        if folder.is_relative_to(location):
            location.rename(tmp_path / "unplugged")
        verify(folder, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(files, "verify", unplugged)
        assert "disk connected" in failed(bench, k.VerifyBackups()).text
    assert listed(bench).backups[0].second == backup.second


def test_the_home_is_no_second_location_for_itself(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    for inside in (home.backups, home.root / "copies"):
        inside.mkdir(exist_ok=True)
        use_second(bench, inside)
        assert "lies in the home" in listed(bench).second_problem
        taken = back_up(bench).second
        assert taken is not None
        assert taken.condition is Condition.GONE


def test_folders_of_others_in_the_second_location_are_left_alone(
    open_bench: OpenBench, home: Home, tmp_path: Path
) -> None:
    bench = open_bench(SCRIPT)
    location = tmp_path / "second"
    others = [location / "photos" / ".staging-2025", location / "bases" / "volleyball-20250101"]
    for folder in others:
        folder.mkdir(parents=True)
        (folder / "picture").write_bytes(b"theirs")
    use_second(bench, location)
    train(bench, "a")
    back_up(bench)
    assert listed(bench).bases == ()
    done(bench, k.CleanUpBackups(backups=()))
    assert [(folder / "picture").is_file() for folder in others] == [True, True]


def test_a_damaged_copy_at_home_is_told_as_such_and_holds_up_no_other(
    open_bench: OpenBench, home: Home, tmp_path: Path
) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    location = tmp_path / "second"
    use_second(bench, location)
    first, second = back_up(bench), back_up(bench)
    adapter = home_folder(home, first) / "content" / "adapter_model.safetensors"
    spoil(adapter)
    location.mkdir()
    before = len(bench.notices())
    back_up(bench)
    told = bench.notices()[before:]
    assert str(adapter) in told
    assert "The copy in the home is whole" not in told
    first, second, _ = listed(bench).backups
    assert first.here.condition is Condition.DAMAGED
    assert second.second is not None
    assert second.second.condition is Condition.WHOLE


def test_verifying_names_what_is_damaged_in_each_place_and_goes_on(
    open_bench: OpenBench, home: Home, tmp_path: Path
) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    location = tmp_path / "second"
    location.mkdir()
    use_second(bench, location)
    whole, here, there, lost = (back_up(bench) for _ in range(4))
    assert "8 copies of 4 backups" in done(bench, k.VerifyBackups())
    damaged = [home_folder(home, here) / "content/adapter_model.safetensors", location / there.path / "metadata.json"]
    for path in damaged:
        spoil(path)
    shutil.rmtree(location / lost.path)
    over = failed(bench, k.VerifyBackups())
    for path in damaged:
        assert str(path) in over.text
    states = {one.id: (one.here.condition, one.second and one.second.condition) for one in listed(bench).backups}
    assert states == {
        whole.id: (Condition.WHOLE, Condition.WHOLE),
        here.id: (Condition.DAMAGED, Condition.WHOLE),
        there.id: (Condition.WHOLE, Condition.DAMAGED),
        lost.id: (Condition.WHOLE, Condition.WHOLE),
    }
    check_sums(location / lost.path)


def test_cleaning_up_takes_what_nothing_keeps_to_the_trash_and_never_goes_below_the_floor(
    open_bench: OpenBench, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench(SCRIPT)
    location = tmp_path / "second"
    location.mkdir()
    use_second(bench, location)
    train(bench, "a")
    head = back_up(bench)
    run = next(path.name for path in home.evolution.iterdir())
    runs = [back_up(bench, Subject.EVOLUTION, run) for _ in range(5)]
    assert listed(bench).going == ()
    assert "today" in bench.refusal(k.CleanUpBackups(backups=(runs[0].id,))).message
    later = local_now() + datetime.timedelta(days=31)
    monkeypatch.setattr("backend.backup.retention.local_now", lambda: later)
    reply = listed(bench)
    assert dict(zip((one.id for one in reply.backups), reply.staying, strict=True)) == {
        head.id: (Keeps.HEAD,),
        runs[0].id: (),
        runs[1].id: (),
        **{one.id: (Keeps.FLOOR,) for one in runs[2:]},
    }
    assert reply.going == (runs[0].id, runs[1].id)
    assert "floor" in bench.refusal(k.CleanUpBackups(backups=(runs[2].id,))).message
    home_folder(home, runs[3]).rename(tmp_path / "taken away")
    (location / runs[3].path).rename(tmp_path / "taken away too")
    assert runs[3].id in failed(bench, k.CleanUpBackups(backups=reply.going)).text
    assert home_folder(home, runs[0]).exists()
    (tmp_path / "taken away").rename(home_folder(home, runs[3]))
    done(bench, k.CleanUpBackups(backups=reply.going))
    assert [one.id for one in listed(bench).backups] == [head.id, *(one.id for one in runs[2:])]
    for trash in (home.trash, location / "trash"):
        assert sorted(path.name.rpartition("-")[0] for path in trash.iterdir()) == [
            f"backup-{runs[0].id}",
            f"backup-{runs[1].id}",
        ]


def test_what_a_killed_host_copied_is_recorded_at_the_next_start(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    backup = back_up(bench)
    bench.host.close()
    with contextlib.closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute("delete from backups")
        connection.execute("update operations set state = 'running', ended_at = null where kind = 'backup'")
    (home.backups / "manual" / ".staging-head_20260101_000000-00000000" / "content").mkdir(parents=True)
    bench = open_bench(SCRIPT)
    bench.until(lambda: bool(bench.notices()))
    [found] = listed(bench).backups
    assert found.card == backup.card
    assert found.here.condition is Condition.WHOLE
    assert found.here.verified_at is None
    assert not list(home.backups.rglob(".staging-*"))
    assert "was whole on the disk when the program ended" in bench.notices()
    done(bench, k.VerifyBackups())
    assert listed(bench).backups[0].here.verified_at


def test_a_backup_that_is_broken_off_leaves_nothing(open_bench: OpenBench, home: Home, tmp_path: Path) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    location = tmp_path / "second"
    location.mkdir()
    use_second(bench, location)
    operation = begun(bench, k.CreateBackup())
    bench.do(k.CancelOperation(operation=operation.id))
    assert ended(bench, operation).state is OperationState.CANCELLED
    assert listed(bench).backups == ()
    for root in (home.backups, location):
        assert not [path for path in root.rglob("*") if path.is_file()]


def test_a_checkpoint_that_was_superseded_meanwhile_is_left_for_the_one_that_the_head_now_has(
    open_bench: OpenBench, home: Home
) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    newer = bench.head()
    train(bench, "b")
    bench.host.close()
    store = Store.open(home)
    taking = BackupTaking(home, store, Outbox(), BackupSettings, scripted_trial.command)
    steps = taking.steps(BackupType.MANUAL, Subject.HEAD, "", "")
    older = store.head.get().checkpoint
    assert older is not None
    first = next(steps)
    shutil.rmtree(home.root / older.path)
    with store.atomic():
        store.head.move(newer, MoveKind.TRAINING)
    with pytest.raises((Damaged, OSError)) as failed:
        first.run(Progress())
    second = steps.throw(failed.value)
    with pytest.raises(StopIteration) as over:
        steps.send(second.run(Progress()))
    assert over.value.value.card.head == newer
    store.close()


def test_the_one_copy_of_something_lost_must_be_in_its_place_before_an_older_one_goes(
    open_bench: OpenBench, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench(SCRIPT)
    make_version(bench, "a")
    older, newer = (back_up(bench, Subject.VERSION, "v001") for _ in range(2))
    make_version(bench, "b")
    run = next(path.name for path in home.evolution.iterdir())
    for _ in range(3):
        back_up(bench, Subject.EVOLUTION, run)
    monkeypatch.setattr("backend.backup.retention.needed_by_head", lambda store: set())
    shutil.rmtree(next(home.versions.glob("v001_*")))
    later = local_now() + datetime.timedelta(days=31)
    monkeypatch.setattr("backend.backup.retention.local_now", lambda: later)
    assert older.id in listed(bench).going
    assert newer.id not in listed(bench).going
    home_folder(home, newer).rename(tmp_path / "taken away")
    assert newer.id in failed(bench, k.CleanUpBackups(backups=(older.id,))).text
    assert home_folder(home, older).exists()
