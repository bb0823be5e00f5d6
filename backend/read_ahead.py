"""Reads a large file in a thread while what was read before is worked on: the disk and both processors stay busy."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO

PIECE = 1 << 20
"""Bytes to read at a time."""
AHEAD = 8
"""Pieces that wait at most; a file of no more needs no thread."""


def pieces(stream: IO[bytes], size: int, look: Callable[[bytes], object]) -> Iterator[bytes]:
    """The content of `stream`, piece by piece; `look` sees each one first, in order, in the thread where there is one.

    Args:
        size: bytes to come, as far as is known.

    Raises:
        OSError: it cannot be read.
    """
    if size <= AHEAD * PIECE:
        while piece := stream.read(PIECE):
            look(piece)
            yield piece
        return
    ahead: queue.Queue[bytes] = queue.Queue(AHEAD)
    given_up = threading.Event()

    def read() -> None:
        try:
            while not given_up.is_set() and (piece := stream.read(PIECE)):
                look(piece)
                ahead.put(piece)
        finally:
            ahead.put(b"")

    with ThreadPoolExecutor(1, "read-ahead") as thread:
        reading = thread.submit(read)
        try:
            while piece := ahead.get():
                yield piece
            reading.result()
        finally:
            given_up.set()
            while not reading.done():
                with contextlib.suppress(queue.Empty):
                    ahead.get(timeout=0.01)  # room for a reader that waits for it
