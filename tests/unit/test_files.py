"""The durable layer: whole or not at all, in the right order, hashed, and read back."""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend import files
from backend.errors import Damaged, NoSpace

Calls = list[tuple[str, str]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The system calls that decide over durability, in order, each with the name of what it touches."""
    seen: Calls = []
    touched: dict[int, str] = {}
    really_open, really_sync, really_replace, really_rename = os.open, os.fsync, os.replace, os.rename

    def opened(path: str | Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        descriptor = really_open(path, flags, mode, dir_fd=dir_fd)
        touched[descriptor] = Path(path).name
        return descriptor

    def synced(descriptor: int) -> None:
        seen.append(("fsync", touched[descriptor]))
        really_sync(descriptor)

    def replaced(source: Path, target: Path) -> None:
        seen.append(("replace", Path(target).name))
        really_replace(source, target)

    def renamed(source: Path, target: Path) -> None:
        seen.append(("rename", Path(target).name))
        really_rename(source, target)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(os, "rename", renamed)
    return seen


def fail(code: int) -> Callable[..., None]:
    def raises(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return raises


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def artefact(target: Path) -> Path:
    with files.staged(target) as folder:
        (folder / "weights").mkdir()
        (folder / "weights" / "a.bin").write_bytes(b"weights")
        files.write(folder / "metadata.json", b"{}")
    return target


def test_write_returns_the_hash_and_leaves_nothing_but_the_file(tmp_path: Path) -> None:
    assert files.write(tmp_path / "a", b"content") == hashlib.sha256(b"content").hexdigest()
    assert (tmp_path / "a").read_bytes() == b"content"
    assert names(tmp_path) == ["a"]


def test_write_replaces_what_was_there(tmp_path: Path) -> None:
    files.write(tmp_path / "a", b"old")
    files.write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="rights are of another kind there")
def test_write_keeps_secrets_to_their_owner(tmp_path: Path) -> None:
    files.write(tmp_path / "key", b"secret", mode=0o600)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_write_accepts_the_longest_name_in_any_alphabet(tmp_path: Path) -> None:
    name = "ж" * 126
    files.write(tmp_path / name, b"x")
    assert names(tmp_path) == [name]


@pytest.mark.skipif(sys.platform != "linux", reason="macOS syncs by fcntl, Windows has no folders to sync")
def test_write_syncs_the_file_before_it_gets_its_name_and_the_folder_after(tmp_path: Path, calls: Calls) -> None:
    files.write(tmp_path / "a", b"content")
    (sync, temporary), *rest = calls
    assert sync == "fsync"
    assert temporary.endswith(".tmp")
    assert rest == [("replace", "a"), ("fsync", tmp_path.name)]


def test_all_content_is_handed_over_before_it_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(files, "_fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    files.write(tmp_path / "a", b"content")
    assert sizes[0] == len(b"content")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_keeps_the_old_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    files.write(tmp_path / "a", b"old")
    monkeypatch.setattr(files, "_fsync", fail(code))
    with pytest.raises(NoSpace, match="ran full while writing"):
        files.write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_failed_sync_is_no_success_and_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write(tmp_path / "a", b"old")
    monkeypatch.setattr(files, "_fsync", fail(errno.EIO))
    with pytest.raises(OSError, match="Input/output"):
        files.write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_content_that_fails_on_the_way_leaves_the_old_file(tmp_path: Path) -> None:
    def produce(sink: Callable[[bytes], object]) -> None:
        sink(b"half")
        raise ValueError("no more")

    files.write(tmp_path / "a", b"old")
    with pytest.raises(ValueError, match="no more"):
        files.write_from(tmp_path / "a", produce)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_content_in_pieces_is_hashed_as_a_whole(tmp_path: Path) -> None:
    def produce(sink: Callable[[bytes], object]) -> None:
        sink(b"one ")
        sink(b"two")

    assert files.write_from(tmp_path / "a", produce) == hashlib.sha256(b"one two").hexdigest()


def test_a_staged_folder_is_whole_and_verifies(tmp_path: Path) -> None:
    target = artefact(tmp_path / "deep" / "000001")
    files.verify(target)
    files.verify(target, files.sha256(target / files.SUMS))
    assert names(target.parent) == ["000001"]


@pytest.mark.skipif(sys.platform == "win32", reason="has no sha256sum")
def test_sha256sum_itself_accepts_the_sums(tmp_path: Path) -> None:
    target = artefact(tmp_path / "a")
    command = ["sha256sum", "--strict", "-c", files.SUMS]
    if sys.platform == "darwin":
        command = ["shasum", "-a", "256", "-c", files.SUMS]
    assert subprocess.run(command, cwd=target, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="macOS syncs by fcntl, Windows has no folders to sync")
def test_a_staged_folder_syncs_everything_before_it_gets_its_name(tmp_path: Path, calls: Calls) -> None:
    artefact(tmp_path / "made" / "000001")
    renamed = calls.index(("rename", "000001"))
    before = [name for what, name in calls[:renamed] if what == "fsync"]
    assert tmp_path.name in before  # where the new parent's name stands
    assert {"a.bin", "metadata.json", "weights"} <= set(before)
    assert before[-1].startswith(".staging-000001-")
    assert calls[renamed + 1 :] == [("fsync", "made")]


def test_a_staged_folder_writes_its_sums_last(tmp_path: Path, calls: Calls) -> None:
    artefact(tmp_path / "a")
    replaced = [name for what, name in calls if what in ("replace", "rename")]
    assert replaced == ["metadata.json", files.SUMS, "a"]


def test_a_staged_folder_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def half() -> None:
        with files.staged(tmp_path / "a") as folder:
            (folder / "x").write_bytes(b"x")
            raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        half()
    assert names(tmp_path) == []


def test_a_staged_folder_on_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_fsync", fail(errno.ENOSPC))
    with pytest.raises(NoSpace):
        artefact(tmp_path / "a")
    assert names(tmp_path) == []


def test_a_staged_folder_never_replaces_one_that_exists(tmp_path: Path) -> None:
    artefact(tmp_path / "a")
    with pytest.raises(FileExistsError):
        artefact(tmp_path / "a")
    files.verify(tmp_path / "a")


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda a: (a / "weights" / "a.bin").write_bytes(b"weightS"), "a.bin"),
        (lambda a: (a / "weights" / "a.bin").write_bytes(b""), "a.bin"),
        (lambda a: (a / "weights" / "a.bin").unlink(), "a.bin"),
        (lambda a: (a / "extra.py").write_bytes(b""), "extra.py"),
        (lambda a: (a / files.SUMS).unlink(), files.SUMS),
        (lambda a: (a / files.SUMS).write_bytes(b"nonsense\n"), files.SUMS),
        (lambda a: (a / files.SUMS).write_bytes(b"\xff\xfe  metadata.json\n"), files.SUMS),
    ],
    ids=["flipped", "emptied", "missing", "extra", "no sums", "broken sums", "binary sums"],
)
def test_every_damage_is_found_and_named(tmp_path: Path, damage: Callable[[Path], object], named: str) -> None:
    target = artefact(tmp_path / "a")
    damage(target)
    with pytest.raises(Damaged, match=named):
        files.verify(target)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there, and there are no pipes with a name")
def test_a_link_and_a_pipe_are_no_part_of_an_artefact_whatever_bytes_they_lead_to(tmp_path: Path) -> None:
    target = artefact(tmp_path / "a")
    weights = target / "weights" / "a.bin"
    weights.rename(tmp_path / "elsewhere")
    weights.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Damaged, match=r"a\.bin is a link"):
        files.verify(target)
    weights.unlink()
    os.mkfifo(weights)
    with pytest.raises(Damaged, match=r"a\.bin is a special file"):
        files.verify(target)


def test_a_folder_rewritten_with_its_sums_is_found_by_the_recorded_hash(tmp_path: Path) -> None:
    target = artefact(tmp_path / "a")
    recorded = files.sha256(target / files.SUMS)
    (target / "weights" / "a.bin").write_bytes(b"forged")
    (target / files.SUMS).write_bytes(files.sums_of(target))
    files.verify(target)
    with pytest.raises(Damaged, match=files.SUMS):
        files.verify(target, recorded)


def test_a_file_that_cannot_be_read_counts_as_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = artefact(tmp_path / "a")
    monkeypatch.setattr(files, "sha256", fail(errno.EIO))
    with pytest.raises(Damaged, match="cannot be read"):
        files.verify(target)


def test_a_made_folder_syncs_every_new_name(tmp_path: Path, calls: Calls) -> None:
    files.make_folder(tmp_path / "a" / "b")
    files.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    if sys.platform == "linux":
        assert sorted(calls) == sorted([("fsync", tmp_path.name), ("fsync", "a")])


@pytest.mark.skipif(sys.platform == "win32", reason="has no folder calls and needs the right to write")
def test_a_read_only_file_can_be_made_durable(tmp_path: Path, calls: Calls) -> None:
    files.write(tmp_path / "a", b"x", mode=0o444)
    files.sync_file(tmp_path / "a")
    if sys.platform == "linux":
        assert calls[-1] == ("fsync", "a")


def test_a_moved_folder_is_durable_at_both_ends(tmp_path: Path, calls: Calls) -> None:
    target = artefact(tmp_path / "a")
    (tmp_path / "b").mkdir()
    calls.clear()
    files.move(target, tmp_path / "b" / "c")
    files.verify(tmp_path / "b" / "c")
    assert not target.exists()
    if sys.platform == "linux":
        assert calls == [("rename", "c"), ("fsync", "b"), ("fsync", tmp_path.name)]


def test_a_move_never_replaces_what_is_there(tmp_path: Path) -> None:
    files.write(tmp_path / "a", b"a")
    files.write(tmp_path / "b", b"b")
    with pytest.raises(FileExistsError):
        files.move(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"b"
    with pytest.raises(OSError, match=r"."):
        files.move(artefact(tmp_path / "c"), artefact(tmp_path / "d"))
    files.verify(tmp_path / "d")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there that tests may not have")
def test_a_link_is_put_in_one_step_and_made_durable(tmp_path: Path, calls: Calls) -> None:
    files.put_link(tmp_path / "current", Path("one"))
    files.put_link(tmp_path / "current", Path("two"))
    assert (tmp_path / "current").readlink() == Path("two")
    assert names(tmp_path) == ["current"]
    if sys.platform == "linux":
        assert calls == [("replace", "current"), ("fsync", tmp_path.name)] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there that tests may not have")
def test_a_link_never_takes_the_place_of_a_folder(tmp_path: Path) -> None:
    target = artefact(tmp_path / "a")
    with pytest.raises(OSError, match=r"."):
        files.put_link(target, Path("one"))
    files.verify(target)
    assert names(tmp_path) == ["a"]


def test_a_log_that_is_too_long_makes_room_and_is_kept_once(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    for word in (b"first", b"second", b"third"):
        descriptor = files.open_log(log, limit=4)
        os.write(descriptor, word)
        os.close(descriptor)
    assert log.read_bytes() == b"third"
    assert (tmp_path / "engine.1.log").read_bytes() == b"second"


def test_a_log_within_its_limit_goes_on(tmp_path: Path) -> None:
    for word in (b"first ", b"second"):
        descriptor = files.open_log(tmp_path / "engine.log", limit=100)
        os.write(descriptor, word)
        os.close(descriptor)
    assert (tmp_path / "engine.log").read_bytes() == b"first second"


def test_lines_are_appended(tmp_path: Path) -> None:
    files.append_line(tmp_path / "log", b"one")
    files.append_line(tmp_path / "log", b"two")
    assert (tmp_path / "log").read_bytes() == b"one\ntwo\n"


def test_too_little_space_is_refused_with_figures(tmp_path: Path) -> None:
    with pytest.raises(NoSpace, match=r"bytes free and [\d,]+ are needed"):
        files.require_space(tmp_path, 1 << 60)


def test_enough_space_passes_and_the_reserve_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = SimpleNamespace(total=100 << 30, free=(5 << 30) + 1100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk)
    files.require_space(tmp_path, 1000)
    with pytest.raises(NoSpace):
        files.require_space(tmp_path, 1002)


def test_a_name_that_cannot_be_made_durable_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    source = tmp_path / "source"
    source.mkdir()
    (tmp_path / "other").mkdir()
    monkeypatch.setattr(files, "sync_folder", fail)
    with pytest.raises(OSError, match="Input/output"):
        files.move(source, tmp_path / "other" / "target")
    assert source.is_dir()
    assert not (tmp_path / "other" / "target").exists()


def test_what_is_discarded_is_durably_without_its_name_before_it_goes(tmp_path: Path, calls: Calls) -> None:
    target = artefact(tmp_path / "a")
    calls.clear()
    files.discard(target)
    assert names(tmp_path) == []
    if sys.platform == "linux":
        assert [call for call, _ in calls] == ["rename", "fsync"]
        assert calls[1] == ("fsync", tmp_path.name)


@pytest.mark.parametrize("size", [10_000, 40 << 20])
def test_a_copy_that_the_disk_does_not_hold_as_it_was_written_gets_no_name(tmp_path: Path, size: int) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"x" * size)
    spoilt: list[Path] = []

    def spoil_what_is_written(_bytes: int) -> None:
        """Another program writes into the copy."""
        if not spoilt:
            spoilt.extend(tmp_path.glob(".target.*.tmp"))
        with spoilt[0].open("r+b") as stream:
            stream.seek(size)
            stream.write(b"y")

    with pytest.raises(Damaged, match="does not hold"):
        files.copy(source, target, spoil_what_is_written, from_disk=True)
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize("size", [0, 5, 1 << 20, 40 << 20])
def test_a_copy_read_back_from_the_disk_is_the_file(tmp_path: Path, size: int) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(size - 1) + b"!" if size else b"")
    assert files.copy(source, target, from_disk=True) == hashlib.sha256(source.read_bytes()).hexdigest()
    assert target.read_bytes() == source.read_bytes()


def test_a_copy_that_is_broken_off_leaves_no_thread_and_no_file(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(40 << 20))
    before = threading.active_count()

    def stop(_bytes: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.copy(source, tmp_path / "target", stop, from_disk=True)
    assert threading.active_count() == before
    assert list(tmp_path.iterdir()) == [source]
