"""Restoring backups through the host: to their own place, under the old name, or refused with another one offered."""

import shutil

from backend import files
from backend.backup.cleaning import Intent as CleaningIntent
from backend.backup.restoring import Intent
from backend.domain.backup import BackupType, Place, Subject
from backend.domain.move import MoveKind
from backend.domain.operation import OperationKind, OperationState
from backend.domain.version import Condition
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from backend.store.store import Store
from backend.trash.trash import Trash
from tests.fakes.backup_host import back_up, check_sums, home_folder, listed
from tests.fakes.hosting import OpenBench
from tests.fakes.scripted_engine import Script, gate
from tests.fakes.version_host import done, failed, make_version, spoil, train, versions

SCRIPT = Script(steps=4, seconds=0.001, save_every=2)


def test_a_heads_backup_becomes_the_head_and_undo_goes_back(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    then = bench.head()
    backup = back_up(bench)
    train(bench, "b")
    now = bench.head()
    assert then.checkpoint is not None
    adapter = home.root / then.checkpoint.path / "adapter_model.safetensors"
    spoil(adapter)
    base = next(home.bases.glob("tiny-*"))
    shutil.rmtree(base)
    done(bench, k.RestoreBackup(backup=backup.id))
    assert bench.head() == then
    files.verify(home.root / then.checkpoint.path, then.checkpoint.sums_sha256)
    check_sums(base)
    assert [path.name.split("-")[0] for path in home.trash.iterdir()] == ["checkpoint"], "the damaged one is kept"
    reply = bench.ask(p.GetHeadHistory())
    assert isinstance(reply, p.HeadHistoryReply)
    assert reply.moves[-1].kind is MoveKind.RESTORE
    bench.do(p.UndoTraining())
    assert bench.head() == now


def test_a_damaged_backup_is_refused_and_another_offered_by_its_id(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    first, second = back_up(bench), back_up(bench)
    train(bench, "b")
    before = bench.head()
    spoil(home_folder(home, second) / "content" / "adapter_model.safetensors")
    over = failed(bench, k.RestoreBackup(backup=second.id))
    assert "adapter_model.safetensors" in over.text
    assert first.id in over.hint
    assert bench.head() == before
    assert listed(bench).backups[1].here.condition is Condition.DAMAGED
    shutil.rmtree(home_folder(home, first))
    assert "No other backup" in failed(bench, k.RestoreBackup(backup=first.id)).hint


def test_a_deleted_or_damaged_version_comes_back_under_its_own_id(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    make_version(bench, "a")
    [version] = versions(bench)
    backup = back_up(bench, Subject.VERSION, "v001")
    spoil(home.root / version.path / "model.safetensors")
    home.version_counter.unlink()
    done(bench, k.RestoreBackup(backup=backup.id))
    assert home.version_counter.read_text() == "1\n", "a number that came from elsewhere is given away too"
    [again] = versions(bench)
    assert again.card == version.card
    assert again.condition is Condition.WHOLE
    files.verify(home.root / version.path, version.sums_sha256)


def test_a_version_that_is_still_whole_comes_back_under_a_number_of_its_own(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    make_version(bench, "a")
    backup = back_up(bench, Subject.VERSION, "v001")
    done(bench, k.RestoreBackup(backup=backup.id, place=Place.HOME))
    old, new = versions(bench)
    assert new.id == "v002"
    assert new.card.restored_from == backup.id
    check_sums(home.root / new.path)
    check_sums(home.root / old.path)
    assert (home.versions / "latest").resolve() == (home.root / new.path).resolve()
    done(bench, k.RestoreVersion(version="v002"))
    assert bench.head().base == "v002"


def test_a_restoring_that_was_killed_is_done_to_its_end_at_the_next_start(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    then = bench.head()
    backup = back_up(bench)
    train(bench, "b")
    bench.host.close()
    assert then.checkpoint is not None
    shutil.rmtree(home.root / then.checkpoint.path)
    store = Store.open(home)
    with store.atomic():
        store.operations.begin(OperationKind.RESTORE_BACKUP, backup.id, Intent(backup=backup.id, place=Place.HOME))
    store.close()
    bench = open_bench(SCRIPT)
    bench.until(lambda: "restore-backup" in bench.notices())
    assert bench.head() == then
    files.verify(home.root / then.checkpoint.path, then.checkpoint.sums_sha256)
    reply = bench.ask(k.GetOperations())
    assert isinstance(reply, k.OperationsReply)
    assert reply.operations[0].state is OperationState.DONE


def test_an_evolution_run_gets_back_the_files_that_it_lacks_and_no_others(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    [run] = home.evolution.iterdir()
    backup = back_up(bench, Subject.EVOLUTION, run.name)
    names = sorted(path.name for path in run.iterdir())
    (run / "step_000000.json").unlink()
    (run / "analysis.json").write_bytes(b"newer")
    assert done(bench, k.RestoreBackup(backup=backup.id)).startswith("1 files")
    assert sorted(path.name for path in run.iterdir()) == names
    assert (run / "analysis.json").read_bytes() == b"newer"


def test_a_head_that_fell_back_is_backed_up_by_itself(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    train(bench, "b")
    point = bench.head().checkpoint
    assert point is not None
    spoil(home.root / point.path / "adapter_model.safetensors")
    bench.queue("c")
    bench.do(p.StartTraining())
    bench.until(lambda: bool(listed(bench).backups), "the emergency backup")
    [backup] = listed(bench).backups
    assert backup.card.type is BackupType.EMERGENCY
    assert backup.card.head is not None
    check_sums(home_folder(home, backup))
    bench.until_event(p.QueueFinished)


def test_a_head_out_of_a_backup_is_fallen_back_to_from_what_was_trained_on_it(
    open_bench: OpenBench, home: Home
) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    then, backup = bench.head(), back_up(bench)
    train(bench, "b")
    done(bench, k.RestoreBackup(backup=backup.id))
    job = bench.queue("c")
    bench.train()
    for weights in home.checkpoints(job.id).glob("*/adapter_model.safetensors"):
        spoil(weights)
    bench.queue("d")
    bench.train()
    reply = bench.ask(p.GetHeadHistory())
    assert isinstance(reply, p.HeadHistoryReply)
    assert [move.after for move in reply.moves if move.kind is MoveKind.FALLBACK] == [then]


def test_a_checkpoint_is_not_brought_back_while_a_job_trains(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(Script(steps=6, seconds=0.001, save_every=2, gate_at=3))
    gate(home).touch()
    train(bench, "a")
    point = bench.head().checkpoint
    assert point is not None
    backup = back_up(bench, Subject.CHECKPOINT, str(point.id))
    gate(home).unlink(missing_ok=True)
    bench.queue("b")
    bench.do(p.StartTraining())
    bench.until_step(3)
    assert bench.refusal(k.RestoreBackup(backup=backup.id)).exit_status == 3
    gate(home).touch()
    bench.until_event(p.QueueFinished)
    assert "whole in its place" in done(bench, k.RestoreBackup(backup=backup.id))


def test_a_cleaning_that_was_killed_says_what_went(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    backup = back_up(bench)
    bench.host.close()
    Trash(home).put(home_folder(home, backup), "backup", backup.id)
    store = Store.open(home)
    with store.atomic():
        store.operations.begin(OperationKind.CLEANUP, "1 backups", CleaningIntent(backups=(backup.id,)))
    store.close()
    bench = open_bench(SCRIPT)
    bench.until(lambda: "1 of 1 " in bench.notices(), "the recovery")
    assert listed(bench).backups == ()
