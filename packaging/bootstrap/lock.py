"""One set-up at a time: a kernel lock, free again as soon as its holder ends, however it ends."""

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bootstrap.say import say


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock at `path`; waits for another set-up to end."""
    with path.open("ab") as stream:
        if not _taken(stream):
            say("Another set-up of this folder is under way; waiting for it to end.")
            while not _taken(stream):
                time.sleep(0.2)
        yield


def _taken(stream: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
