"""What lies in the trash long enough; a clock that is wrong for a while lets nothing go."""

import time
from collections.abc import Callable, Iterable

from backend.clock import seconds_until
from backend.domain.trash import TrashEntry

SEEN_SECONDS = 3600.0
"""So long one program must see an entry due, by a clock that nobody can set, before it goes."""


class Due:
    """Remembers since when each entry is due."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._since: dict[str, float] = {}

    def among(self, entries: Iterable[TrashEntry]) -> list[str]:
        """Names of those that may go now. One from the future, or whose time is not known, never does."""
        now = self._monotonic()
        due = [entry.name for entry in entries if entry.purged_at and seconds_until(entry.purged_at) <= 0]
        self._since = {name: self._since.get(name, now) for name in due}
        return [name for name, since in self._since.items() if now - since >= SEEN_SECONDS]
