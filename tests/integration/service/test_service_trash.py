"""The trash through the host: rows follow what lies there, what was deleted comes back whole, what is due goes."""

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from backend import files
from backend.clock import utc_now
from backend.domain.backup import Backup, BackupCard, BackupType, CopyState, Subject
from backend.domain.head import AdapterSettings
from backend.domain.operation import OperationKind, OperationState
from backend.domain.version import Condition, Parent, Version, VersionCard
from backend.errors import NoSpace
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from backend.reading import CUT_OFF, Reader
from backend.store.journal import Journal
from backend.store.store import Store
from backend.trash import keeper
from backend.trash.restoring import RestoreIntent
from backend.trash.rows import Lay
from backend.trash.trash import Trash
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script

VERSION = "v001_20260101_000000_first"
BACKUP = "head_20260101_000000"


def sealed(place: Path) -> str:
    """An artefact folder; returns the hash of its sums."""
    with files.staged(place, sealed=True) as staging:
        files.write(staging / "model.safetensors", b"weights" * 1000)
    return files.sha256(place / files.SUMS)


def with_store(home: Home, change: Callable[[Store], object]) -> None:
    store = Store.open(home)
    with store.atomic():
        change(store)
    store.close()


def make_version(home: Home, condition: Condition) -> Version:
    card = VersionCard(
        id="v001",
        number=1,
        slug="first",
        description="",
        created_at=utc_now(),
        parent=Parent(base="tiny", sha256="0" * 64),
        adapter=AdapterSettings(),
        checkpoint=1,
        total_steps=4,
        jobs=(),
    )
    folder = home.versions / VERSION
    version = Version(
        card=card,
        path=folder.relative_to(home.root).as_posix(),
        sums_sha256=sealed(folder),
        bytes=files.size_of(folder),
        condition=condition,
    )
    with_store(home, lambda store: store.versions.put(version))
    return version


def make_backup(home: Home, second: Path) -> Backup:
    """Of two copies, both in the trash by their rows."""
    place = Path("manual") / BACKUP
    sums = sealed(home.backups / place)
    sealed(second / place)
    card = BackupCard(
        id=BACKUP,
        type=BackupType.MANUAL,
        subject=Subject.HEAD,
        of="head",
        source="runs/000001",
        created_at=utc_now(),
        content_sha256="0" * 64,
        bytes=7000,
    )
    state = CopyState(condition=Condition.TRASH)
    backup = Backup(sequence=0, card=card, path=place.as_posix(), sums_sha256=sums, here=state, second=state)
    with_store(home, lambda store: store.backups.add(backup))
    return backup


def read_version(home: Home) -> Version:
    store = Store.open_for_reading(home)
    found = store.versions.find("v001")
    store.close()
    assert found is not None
    return found


def read_backup(home: Home) -> Backup:
    store = Store.open_for_reading(home)
    found = store.backups.find(BACKUP)
    store.close()
    assert found is not None
    return found


def names(bench: Bench) -> list[str]:
    reply = bench.ask(k.ListTrash())
    assert isinstance(reply, k.TrashReply), reply
    return [entry.name for entry in reply.entries]


def restored(bench: Bench, name: str) -> k.OperationChanged:
    """The end of bringing it back."""
    reply = bench.ask(k.RestoreTrash(name=name))
    assert isinstance(reply, k.OperationBegun), reply
    return bench.until_event(k.OperationChanged, lambda event: event.operation.state is not OperationState.RUNNING)


def test_a_deleted_version_comes_back_whole_or_not_at_all(open_bench: OpenBench, home: Home) -> None:
    make_version(home, Condition.TRASH)
    entry = Trash(home).put(home.versions / VERSION, "version", "v001")
    assert Reader(home).handle(k.ListTrash()) == k.TrashReply(entries=(entry,))
    bench = open_bench(Script())
    weights = Path(entry.path) / "model.safetensors"
    content = weights.read_bytes()
    weights.chmod(0o644)
    weights.write_bytes(content[:-1] + b"X")
    ended = restored(bench, entry.name).operation
    assert (ended.state, ended.exit_status) == (OperationState.FAILED, 1)
    assert "model.safetensors does not match" in ended.text
    assert "stays in the trash" in ended.hint
    assert names(bench) == [entry.name]
    assert read_version(home).condition is Condition.TRASH

    weights.write_bytes(content)
    (home.versions / VERSION).mkdir()
    assert "there already" in bench.refusal(k.RestoreTrash(name=entry.name)).message
    (home.versions / VERSION).rmdir()
    ended = restored(bench, entry.name).operation
    assert ended.state is OperationState.DONE, ended
    assert (names(bench), [type(event) for event in bench.events[-3:]].count(k.TrashChanged)) == ([], 1)
    assert bench.told(k.VersionsChanged)
    files.verify(home.versions / VERSION, read_version(home).sums_sha256)
    assert read_version(home).condition is Condition.WHOLE
    assert read_version(home).verified_at is not None
    assert sys.platform == "win32" or home.latest_version.resolve() == (home.versions / VERSION).resolve()


def test_emptying_takes_only_what_is_named_and_deletes_it_for_good(open_bench: OpenBench, home: Home) -> None:
    make_version(home, Condition.TRASH)
    gone = Trash(home).put(home.versions / VERSION, "version", "v001")
    (home.trash / "letter.txt").write_bytes(b"keep me")
    bench = open_bench(Script())
    refused = bench.refusal(k.EmptyTrash(names=(gone.name, "nothing")))
    assert (refused.exit_status, sorted(names(bench))) == (2, sorted([gone.name, "letter.txt"]))
    assert gone.name in bench.do(k.EmptyTrash(names=(gone.name,)))
    assert names(bench) == ["letter.txt"]
    assert read_version(home).condition is Condition.GONE
    bench.until(lambda: [path.name for path in home.trash.iterdir()] == ["letter.txt"], "the deletion")
    assert bench.told(k.TrashChanged)
    assert "Where letter.txt lay is not known" in bench.refusal(k.RestoreTrash(name="letter.txt")).message


def test_each_copy_of_a_backup_has_a_trash_and_a_state_of_its_own(
    open_bench: OpenBench, home: Home, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    make_backup(home, second)
    trash = Trash(home, lambda: str(second))
    here = trash.put(home.backups / "manual" / BACKUP, "backup", BACKUP)
    there = trash.put(second / "manual" / BACKUP, "backup", BACKUP)
    bench = open_bench(Script())
    bench.do(p.PutSetting(key="backup.second_location", value=str(second)))
    assert names(bench) == [here.name, there.name]
    assert restored(bench, there.name).operation.state is OperationState.DONE
    files.verify(second / "manual" / BACKUP)
    bench.do(k.EmptyTrash(names=(here.name,)))
    backup = read_backup(home)
    assert backup.second is not None
    assert (backup.here.condition, backup.second.condition) == (Condition.GONE, Condition.WHOLE)
    assert bench.told(k.BackupsChanged)


def test_what_is_due_goes_by_itself(open_bench: OpenBench, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr("backend.trash.due.SEEN_SECONDS", 0.2)
    make_version(home, Condition.TRASH)
    trash = Trash(home)
    young = trash.put(home.versions / VERSION, "version", "v001")
    bench = open_bench(Script())
    old = home.trash / "version-v001-1500000000000000000"
    sealed(old)
    bench.until(lambda: not old.exists(), "its end")
    assert names(bench) == [young.name]
    assert read_version(home).condition is Condition.TRASH
    (home.trash / young.name).rename(old)
    bench.until(lambda: not old.exists(), "its end")
    assert read_version(home).condition is Condition.GONE


def test_what_was_moved_back_before_the_program_died_is_recorded(open_bench: OpenBench, home: Home) -> None:
    version = make_version(home, Condition.TRASH)
    trash = Trash(home)
    entry = trash.put(home.versions / VERSION, "version", "v001")
    intent = RestoreIntent(entry=entry, lay=Lay(path=str(home.versions / VERSION), sums_sha256=version.sums_sha256))

    def begin() -> None:
        with_store(home, lambda store: store.operations.begin(OperationKind.RESTORE_TRASH, "version v001", intent))

    begin()
    cut_off = Reader(home).handle(k.GetOperations())
    assert isinstance(cut_off, k.OperationsReply), cut_off
    assert [(one.state, one.text) for one in cut_off.operations] == [(OperationState.RUNNING, CUT_OFF)]
    bench = open_bench(Script())
    bench.until(lambda: "nothing was changed" in bench.notices(), "the recovery")
    assert names(bench) == [entry.name]
    bench.host.close()
    begin()
    files.move(Path(entry.path), home.versions / VERSION)
    again = open_bench(Script())
    again.until(lambda: "is back in" in again.notices(), "the recovery")
    assert read_version(home).condition is Condition.WHOLE


def test_a_deletion_that_was_cut_off_goes_on_with_the_next_host(open_bench: OpenBench, home: Home) -> None:
    trash = Trash(home)
    make_version(home, Condition.TRASH)
    trash.set_aside([trash.put(home.versions / VERSION, "version", "v001")])
    bench = open_bench(Script())
    bench.until(lambda: bool(bench.told(k.VersionsChanged)), "the row's end")
    bench.host.close()
    assert list(home.trash.iterdir()) == []
    assert read_version(home).condition is Condition.GONE


def test_the_trash_is_emptied_on_a_disk_that_is_full(
    open_bench: OpenBench, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_version(home, Condition.TRASH)
    entry = Trash(home).put(home.versions / VERSION, "version", "v001")
    bench = open_bench(Script())
    assert names(bench) == [entry.name]

    def full(*_: object) -> None:
        raise NoSpace("The disk ran full while writing the database.")

    with monkeypatch.context() as patch:
        patch.setattr("backend.store.journal.Journal.add", full)
        bench.do(k.EmptyTrash(names=(entry.name,)))
    bench.until(lambda: list(home.trash.iterdir()) == [], "the deletion")
    bench.until(lambda: read_version(home).condition is Condition.GONE, "the row's end")


def test_what_finds_no_room_for_its_row_goes_back_to_the_trash(
    open_bench: OpenBench, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_version(home, Condition.TRASH)
    entry = Trash(home).put(home.versions / VERSION, "version", "v001")
    bench = open_bench(Script())
    add = Journal.add

    def full(journal: Journal, what: str, job: int | None = None, reason: str = "") -> None:
        if what == "out of the trash":
            raise NoSpace("The disk ran full while writing the database.")
        add(journal, what, job, reason)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "add", full)
        ended = restored(bench, entry.name).operation
    assert (ended.state, ended.exit_status) == (OperationState.FAILED, int(NoSpace.exit_status))
    assert names(bench) == [entry.name]
    assert not (home.versions / VERSION).exists()
    assert read_version(home).condition is Condition.TRASH
    assert restored(bench, entry.name).operation.state is OperationState.DONE


def test_operations_are_read_without_a_host(open_bench: OpenBench, home: Home) -> None:
    make_version(home, Condition.TRASH)
    entry = Trash(home).put(home.versions / VERSION, "version", "v001")
    bench = open_bench(Script())
    ended = restored(bench, entry.name).operation
    bench.host.close()
    reply = Reader(home).handle(k.GetOperations())
    assert isinstance(reply, k.OperationsReply), reply
    [one] = reply.operations
    assert one == msgspec.structs.replace(ended, steps=(), done=0, total=0)
