"""The one place that writes final files: durable, atomic, hashed (safety.md, rules 1 to 3)."""

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from backend import read_ahead, read_back
from backend.errors import Damaged, NoSpace

SUMS = "SHA256SUMS"
CHUNK = read_ahead.PIECE
"""Bytes to read at a time when copying."""
RESERVE_BYTES = 2 << 30
RESERVE_SHARE = 0.05
SEALED = 0o444
"""Rights of files that never change again."""
RENAME_ATTEMPTS = 20
RENAME_WAIT = 0.05


def write(path: Path, content: bytes, mode: int = 0o644) -> str:
    """Replace `path` with `content` so that after any crash it is whole, old or new.

    Returns:
        SHA-256 of the content, hexadecimal.

    Raises:
        NoSpace: the disk is full. The old file stands.
    """
    return write_from(path, lambda sink: sink(content), mode)


def write_from(path: Path, produce: Callable[[Callable[[bytes], object]], object], mode: int = 0o644) -> str:
    """Like `write`, for content that `produce` hands over piece by piece."""

    def fill(stream: IO[bytes], _temporary: Path) -> str:
        digest = hashlib.sha256()

        def sink(piece: bytes) -> None:
            digest.update(piece)
            stream.write(piece)

        produce(sink)
        return digest.hexdigest()

    return _filled(path, fill, mode)


def _filled(path: Path, fill: Callable[[IO[bytes], Path], str], mode: int) -> str:
    """Replace `path` by what `fill` writes under a temporary name, durably; returns what that returns."""
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(6)}.tmp")
    with no_space_named(path):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                digest = fill(stream, temporary)
                stream.flush()
                _fsync(stream.fileno())
            _patiently(lambda: temporary.replace(path))
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    return digest


Heed = Callable[[int], object]
"""Told of every so many bytes as they pass; what it raises ends the work, for instance because the user cancels."""


def nobody(_bytes: int) -> None:
    """Heeds nothing."""


def nobody_looks(_seen: object) -> None:
    """Sees nothing."""


@contextlib.contextmanager
def staged(
    target: Path, *, hashes: Mapping[str, str] | None = None, sealed: bool = False, own_sums: bool = False
) -> Iterator[Path]:
    """A folder to fill; it takes its final name only when the block ends well, whole and durable.

    Every file is fsynced whoever wrote it, and `SHA256SUMS` over all of them is written last.

    Args:
        hashes: by relative name, of files that were hashed while they were written; the block may still add to it.
        sealed: make the files read-only.
        own_sums: the block wrote SHA256SUMS itself, for instance to verify before anything has its final name.

    Raises:
        NoSpace: the disk is full. Nothing is left under the final name.
        FileExistsError: the target exists.
    """
    if target.exists():
        raise FileExistsError(target)
    make_folder(target.parent)
    staging = target.with_name(f".staging-{target.name}-{secrets.token_hex(4)}")
    with no_space_named(target):
        staging.mkdir()
        try:
            yield staging
            for path in sorted(staging.rglob("*")):
                if path.is_file():
                    sync_file(path)
            if not own_sums:
                write(staging / SUMS, sums_of(staging, hashes or {}))
            if sealed:
                seal(staging)
            for folder in sorted((p for p in staging.rglob("*") if p.is_dir()), reverse=True):
                sync_folder(folder)
            sync_folder(staging)
            _rename_durably(staging, target)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise


def sums_of(folder: Path, hashes: Mapping[str, str] | None = None) -> bytes:
    """The text of SHA256SUMS for every file below `folder`, in the form that `sha256sum -c` reads.

    Args:
        hashes: by relative name, of files that need not be read again.
    """
    known = hashes or {}
    names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    lines = [f"{known.get(name) or sha256(path)}  {name}\n" for name, path in sorted(names.items()) if name != SUMS]
    return "".join(lines).encode()


def seal(folder: Path) -> None:
    """Make every file below read-only; folders stay as they are."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(SEALED)


def verify(
    folder: Path, sums_sha256: str | None = None, *, from_disk: bool = False, heed: Heed = nobody
) -> dict[str, str]:
    """Read every byte of an artefact folder back and compare.

    Args:
        folder: a folder made by `staged`.
        sums_sha256: what the database remembers of SHA256SUMS itself.
        from_disk: read what the disk holds, not what the system still remembers of it.

    Returns:
        The hash of each file by its relative name, as of `listed`.

    Raises:
        Damaged: a file is missing, altered, or not listed; the message names it.
    """
    recorded = listed(folder, sums_sha256)
    for name, digest in recorded.items():
        try:
            matches = sha256(folder / name, from_disk=from_disk, heed=heed) == digest
        except OSError as error:
            raise Damaged(f"{folder / name} cannot be read ({error.strerror}).", "Take the one before it.") from error
        if not matches:
            raise Damaged(f"{folder / name} does not match its recorded hash.", "Take the one before it.")
    return recorded


def listed(folder: Path, sums_sha256: str | None = None) -> dict[str, str]:
    """What SHA256SUMS of an artefact folder says of each file, by relative name; no other file may be there.

    Raises:
        Damaged: a file is missing or not listed, or the list itself is not what was recorded; the message names it.
    """
    sums = folder / SUMS
    try:
        text = sums.read_bytes()
    except OSError as error:
        raise Damaged(f"{sums} cannot be read ({error.strerror}).", "Take the one before it.") from error
    if sums_sha256 is not None and hashlib.sha256(text).hexdigest() != sums_sha256:
        raise Damaged(f"{sums} is not the file that was recorded.", "Take the one before it.")
    recorded: dict[str, str] = {}
    for line in text.decode(errors="replace").removesuffix("\n").split("\n"):
        digest, gap, name = line.partition("  ")
        if not gap or len(digest) != hashlib.sha256().digest_size * 2:
            raise Damaged(f"{sums} is not a list of hashes.", "Take the one before it.")
        recorded[name] = digest
    found = _files_alone(folder) - {SUMS}
    for name in sorted(found ^ set(recorded)):
        what = "is not listed in" if name in found else "is missing but listed in"
        raise Damaged(f"{folder / name} {what} {SUMS}.", "Take the one before it.")
    return recorded


def _files_alone(folder: Path) -> set[str]:
    """Relative names of all files below. Raises Damaged for what is neither a file nor a folder, such as a link."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            what = "a link" if path.is_symlink() else "a special file"
            raise Damaged(f"{path} is {what}, and an artefact holds plain files alone.", "Take the one before it.")
        if path.is_file():
            found.add(path.relative_to(folder).as_posix())
    return found


def sha256(path: Path, *, from_disk: bool = False, heed: Heed = nobody) -> str:
    """SHA-256 of a file's bytes, hexadecimal; `from_disk` as in `verify`."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        if from_disk:
            forget(stream.fileno())
        for piece in read_ahead.pieces(stream, path.stat().st_size, nobody_looks):
            digest.update(piece)
            heed(len(piece))
    return digest.hexdigest()


def forget(descriptor: int) -> None:
    """Have the system drop what it remembers of a file that is durable, so that the next read comes from the disk."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_NOCACHE, 1)
    elif sys.platform != "win32":
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def copy(source: Path, target: Path, heed: Heed = nobody, *, from_disk: bool = False) -> str:
    """A durable copy of one file under its final name, hashed as it passes; returns the SHA-256.

    Args:
        from_disk: read the copy back from what the disk holds, before it has its name.

    Raises:
        Damaged: the disk holds something else than was written.
    """

    def fill(stream: IO[bytes], written: Path) -> str:
        with source.open("rb", buffering=0) as origin:
            size = os.fstat(origin.fileno()).st_size
            if not from_disk:
                return _pour(origin, stream, size, heed)
            if size > read_back.STRETCH and read_back.ReadBack.is_possible():
                with read_back.ReadBack(stream.fileno(), written) as follower:
                    digest = _pour(origin, stream, size, heed, follower.reached)
                    found = follower.digest(stream.tell())
            else:
                digest = _pour(origin, stream, size, heed)
                _fsync(stream.fileno())
                found = sha256(written, from_disk=True)
        if found != digest:
            raise Damaged(f"{target} does not hold what was written to it.", "The disk, or the memory, fails.")
        return digest

    return _filled(target, fill, 0o644)


def _pour(
    origin: IO[bytes], stream: IO[bytes], size: int, heed: Heed, reached: Callable[[int], object] = nobody_looks
) -> str:
    """Everything from one file into the other; `reached` hears of every stretch. Returns the SHA-256."""
    digest = hashlib.sha256()
    done = told = 0
    for piece in read_ahead.pieces(origin, size, digest.update):
        stream.write(piece)
        heed(len(piece))
        done += len(piece)
        if done - told >= read_back.STRETCH:
            stream.flush()
            reached(done)
            told = done
    stream.flush()
    return digest.hexdigest()


def size_of(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def append_line(path: Path, line: bytes) -> None:
    """Append one line to a log-like file; durable only after `sync_file`. A torn last line is the reader's to cut."""
    with no_space_named(path), path.open("ab") as stream:
        stream.write(line + b"\n")


def move(source: Path, target: Path) -> None:
    """Give a whole file or folder of the same file system another name, durably. An empty folder may be in the way.

    Raises:
        FileExistsError: the target is a file.
        OSError: the target is a folder with something in it, or on another file system.
    """
    if target.is_file() or target.is_symlink():
        raise FileExistsError(target)
    _rename_durably(source, target)


def discard(folder: Path) -> None:
    """Remove a folder that nothing refers to: under a temporary name first, so that never half of one has its name."""
    gone = folder.with_name(f".staging-{folder.name}-{secrets.token_hex(4)}")
    _patiently(lambda: folder.rename(gone))
    sync_folder(folder.parent)
    shutil.rmtree(gone, ignore_errors=True)


def put_link(path: Path, target: Path) -> None:
    """Make `path` a symbolic link to the folder `target`, in one step where it was a link before.

    Raises:
        OSError: links do not exist here, as on Windows without the right to make them.
    """
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(6)}.tmp")
    temporary.symlink_to(target, target_is_directory=True)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise
    sync_folder(path.parent)


def open_log(path: Path, limit: int) -> int:
    """A descriptor that appends to a log that may be torn or lost; a log beyond `limit` bytes makes room first."""
    if path.exists() and path.stat().st_size > limit:
        path.replace(path.with_suffix(f".1{path.suffix}"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents so that all their names survive a power cut; fine where it exists."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    with no_space_named(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for place in missing:
            sync_folder(place.parent)


def sync_file(path: Path) -> None:
    """Make a file that a library wrote durable. Only Windows needs the right to write for it."""
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        _fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Windows has no such call: NTFS journals names itself."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            _fsync(descriptor)
        finally:
            os.close(descriptor)


def require_space(folder: Path, new_bytes: int, *, emergency: bool = False) -> None:
    """Refuse before anything is written when too little would stay free (safety.md, rule 8).

    Args:
        emergency: what is kept free otherwise may be used.

    Raises:
        NoSpace: with the bytes needed and the bytes free.
    """
    usage = shutil.disk_usage(folder)
    kept_free = 0 if emergency else max(RESERVE_BYTES, int(usage.total * RESERVE_SHARE))
    needed = int(new_bytes * 1.1) + kept_free
    if usage.free < needed:
        raise NoSpace(
            f"The disk of {folder} has {usage.free:,} bytes free and {needed:,} are needed.",
            "Free some space there, or choose another folder.",
        )


@contextlib.contextmanager
def no_space_named(path: Path) -> Iterator[None]:
    """Turn a full disk into the error that users see."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(f"The disk ran full while writing {path}.", "Free some space, then resume.") from error
        raise


def _rename_durably(source: Path, target: Path) -> None:
    """A name that cannot be made durable is taken back, so that an error means that nothing has happened."""
    _patiently(lambda: source.rename(target))
    try:
        sync_folder(target.parent)
        if source.parent != target.parent:
            sync_folder(source.parent)
    except OSError:
        with contextlib.suppress(OSError):
            target.rename(source)
        raise


def _patiently(rename: Callable[[], object]) -> None:
    """Give a file another name. Windows refuses while somebody reads one of them, so it is tried for a moment there."""
    if sys.platform == "win32":
        for _ in range(RENAME_ATTEMPTS):
            with contextlib.suppress(PermissionError):
                rename()
                return
            time.sleep(RENAME_WAIT)
    rename()


def _fsync(descriptor: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)
