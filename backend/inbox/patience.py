"""Waits for files that are still being written: a file is ready when it has not changed for a moment."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from backend.inbox.look import Found, Mark

STILL_SECONDS = 1.0
LONG_SECONDS = 10.0
"""For a file that ends in the middle of a line: who writes in blocks mostly pauses there."""
FRESH_SECONDS = 15.0
_SHARING = (32, 33)
"""What Windows says of a file that another program has open for itself or has locked."""


class _Waiting(msgspec.Struct, frozen=True):
    mark: Mark
    first: float
    since: float


class Patience:
    """Remembers what was seen at earlier looks. Times are of one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._waiting: dict[Path, _Waiting] = {}

    def ready(self, inbox: Path, found: Sequence[Found], now: float) -> list[Found]:
        """Those of all that lie there which are whole as far as can be told."""
        before = self._waiting
        self._waiting = {each.relative: _seen(each, before.get(each.relative), now) for each in found}
        return [each for each in found if _is_whole(inbox, each, now - self._waiting[each.relative].since)]

    def forget(self, relative: Path) -> None:
        """It is decided, or starts anew."""
        self._waiting.pop(relative, None)

    @property
    def waits(self) -> bool:
        """Whether another look is due soon."""
        return bool(self._waiting)

    def fresh(self, now: float) -> bool:
        """Whether a file came so lately that it will be decided at any moment."""
        return any(now - waiting.first < FRESH_SECONDS for waiting in tuple(self._waiting.values()))


def _seen(found: Found, before: _Waiting | None, now: float) -> _Waiting:
    if before is None:
        return _Waiting(found.mark, now, now)
    return before if before.mark == found.mark else _Waiting(found.mark, before.first, now)


def _is_whole(inbox: Path, found: Found, still: float) -> bool:
    if not found.mark.is_file:
        return True
    return still >= STILL_SECONDS and _has_ended(inbox / found.relative, still)


def _has_ended(path: Path, still: float) -> bool:
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - 1))
            last = stream.read(1)
    except OSError as error:  # reading it says why, unless its writer keeps it for itself
        return getattr(error, "winerror", None) not in _SHARING
    return last == b"\n" or still >= LONG_SECONDS
