"""Open a file of the user's for reading: a regular file that stays the same while it is read."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from backend.errors import UserError

CHUNK = 1 << 20
_KINDS = (
    (stat.S_ISLNK, "a link", "Give the file that it points to."),
    (stat.S_ISDIR, "a folder", "Give its files one by one."),
    (stat.S_ISFIFO, "a pipe", "Write its content to a file first."),
    (stat.S_ISSOCK, "a socket", "Give a file of training rows."),
    (stat.S_ISCHR, "a device", "Give a file of training rows."),
    (stat.S_ISBLK, "a device", "Give a file of training rows."),
)


@contextlib.contextmanager
def opened(path: Path, *, follow: bool = True) -> Iterator[BinaryIO]:
    """The file, open for reading.

    Args:
        follow: whether a link to a file stands for that file.

    Raises:
        UserError: it is missing, unreadable, not a regular file, or empty.
    """
    try:
        _require_regular(path, path.stat(follow_symlinks=follow))
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if not follow:
            flags |= getattr(os, "O_NOFOLLOW", 0)  # a link put here just now
        descriptor = os.open(path, flags)  # a pipe put here just now does not hold us up
    except FileNotFoundError as error:
        raise UserError(f"There is no file {path}.", "Check the name.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UserError(f"{path} cannot be read: {reason}.", "Check its rights and its name.") from error
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(stream.fileno())
        _require_regular(path, status)
        if status.st_size == 0:
            raise UserError(f"{path} is empty.", "Give a file with one row of training data on each line.")
        yield stream


def pieces(stream: BinaryIO, path: Path, progress: Callable[[int], object]) -> Iterator[bytes]:
    """All bytes from the start; `progress` gets the bytes read so far.

    Raises:
        UserError: the file changed while it was read, or reading failed.
    """
    before = os.fstat(stream.fileno())
    done = 0
    try:
        stream.seek(0)
        while done < before.st_size and (piece := stream.read(min(CHUNK, before.st_size - done))):
            done += len(piece)
            yield piece
            progress(done)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Check the disk that it lies on.") from error
    after = os.fstat(stream.fileno())
    if done != before.st_size or (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise changed(path)


def changed(path: Path) -> UserError:
    return UserError(f"{path} changed while it was read.", "Give it again when it is finished.")


def _require_regular(path: Path, status: os.stat_result) -> None:
    for is_kind, what, remedy in _KINDS:
        if is_kind(status.st_mode):
            raise UserError(f"{path} is {what}, not a file.", remedy)
