"""A lock on a file that the kernel frees when its holder dies: one host and one engine a home (safety.md, rule 11)."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from backend.errors import Refused

_BYTE = 1 << 30
"""Windows locks a byte range and refuses reading it; a byte far beyond the end leaves the file readable."""


class KernelLock:
    """Held by one open handle: a second one is refused, in this process too, and children do not inherit it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def try_acquire(self) -> bool:
        """Take the lock at once or not at all; False when anybody holds it, this object included."""
        if self._descriptor is not None:
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(descriptor):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go; nothing happens when it is not held. The file stays: removing it would let two hold it."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        os.close(descriptor)

    def __enter__(self) -> Self:
        if not self.try_acquire():
            raise Refused(f"{self.path} is held by another program.", "Wait until it has ended.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Whether anybody holds the lock at `path` just now; leaves no file where there was none."""
    if not path.exists():
        return False
    lock = KernelLock(path)
    if lock.try_acquire():
        lock.release()
        return False
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
