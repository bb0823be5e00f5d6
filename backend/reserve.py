"""A file that holds space for the case that the disk runs full: let go, it makes room to save what was trained."""

import contextlib
import secrets
from collections.abc import Callable
from pathlib import Path

from backend import files

LARGEST = 256 << 20
"""A larger checkpoint has what the disk keeps free besides (safety.md, rule 8)."""

SMALL_FILES = 1 << 20


class Reserve:
    """Made before a job, let go when the disk is full, and made again before the next job that has room for it."""

    def __init__(self, path: Path | None) -> None:
        """None keeps no reserve."""
        self._path = path

    def missing(self, size: int) -> int:
        """Bytes that `make` would write."""
        wanted = _wanted(size)
        if self._path is None or (self._path.exists() and self._path.stat().st_size >= wanted):
            return 0
        return wanted

    def make(self, size: int) -> None:
        """Hold room for a checkpoint of `size` bytes.

        Raises:
            NoSpace: there is none; nothing is left of it.
        """
        wanted = self.missing(size)
        if self._path is not None and wanted:
            files.write_from(self._path, lambda sink: _fill(sink, wanted), mode=0o600)

    def release(self) -> bool:
        """Let it go; False where there was none."""
        if self._path is None or not self._path.exists():
            return False
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        return True


def _wanted(size: int) -> int:
    """More than `files.require_space` asks for in an emergency, and room for the small files of a checkpoint."""
    return min(LARGEST, int(size * 1.2) + SMALL_FILES)


def _fill(sink: Callable[[bytes], object], size: int) -> None:
    """Bytes that no file system can store in less."""
    piece = secrets.token_bytes(min(files.CHUNK, size))
    for start in range(0, size, len(piece)):
        sink(piece[: size - start])
