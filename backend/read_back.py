"""Reads a file back from the disk while it is still written: each stretch as soon as it is durable."""

import hashlib
import os
import queue
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

PIECE = 1 << 20
STRETCH = 32 << 20
"""Bytes that are made durable and read back at a time."""


class ReadBack:
    """Follows a writer in a thread; to be closed before the file is."""

    def __init__(self, written: int, path: Path) -> None:
        """`written` is the writer's own descriptor, so that no error of the disk is told to somebody else."""
        self._written = written
        self._path = path
        self._durable: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._thread = ThreadPoolExecutor(1, "read-back")
        self._digest: Future[str] | None = None

    @staticmethod
    def is_possible() -> bool:
        """Elsewhere a file is read back once it is whole."""
        return sys.platform == "linux"

    def reached(self, offset: int) -> None:
        """So many bytes are written, if not durable."""
        if self._digest is None:
            self._digest = self._thread.submit(self._follow)
        self._durable.put(offset)

    def digest(self, size: int) -> str:
        """SHA-256 of what the disk holds once all `size` bytes are written. Raises OSError: the disk failed."""
        self.reached(size)
        self._durable.put(-1)
        assert self._digest is not None
        return self._digest.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._durable.put(-1)
        self._thread.shutdown()

    def _make_durable(self, reader: int, start: int, end: int) -> None:
        """And have the system forget the stretch, so that it is read from the disk."""
        if sys.platform == "linux":
            os.fdatasync(self._written)
            os.posix_fadvise(reader, start, end - start, os.POSIX_FADV_DONTNEED)

    def _follow(self) -> str:
        digest, at = hashlib.sha256(), 0
        with self._path.open("rb", buffering=0) as stream:
            while (offset := self._durable.get()) >= 0:
                self._make_durable(stream.fileno(), at, offset)
                while at < offset and (piece := stream.read(min(PIECE, offset - at))):
                    digest.update(piece)
                    at += len(piece)
            digest.update(stream.read())  # nothing, or more than anybody wrote
        return digest.hexdigest()
