"""Finds free positions inside a level, so that moving one of 100,000 jobs writes one row (decision 0011)."""

from collections.abc import Collection

from backend.domain.job import Job, Priority
from backend.queue.batch import Batch
from backend.store.jobs import STRIDE
from backend.store.store import Store

ROOM = 1024
"""When jobs must make way, they and their neighbours end at least so far apart."""
FIRST_REACH = 16


class Places:
    """Neighbours lie apart; only where a gap is used up do the nearest ones make way, never a whole level."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def at_end(self, priority: Priority, count: int) -> list[int]:
        """Positions for so many jobs behind all others of the level."""
        last = self._store.jobs.last_position(priority)
        return [last + STRIDE * place for place in range(1, count + 1)]

    def before(self, target: Job, count: int, moving: Collection[int], batch: Batch) -> list[int]:
        """Positions for so many jobs directly before `target`; those numbered in `moving` are about to leave theirs."""
        reach = 0
        while True:
            above, below = self._store.jobs.places_around(target, reach, moving)
            way = [*above[:reach][::-1], *below[:reach]]
            low, high, places = _bounds(above[reach:], below[reach:], len(way) + count)
            step = (high - low) // (places + 1)
            if step >= (ROOM if reach else 1):
                break
            reach = max(FIRST_REACH, 4 * reach)
        positions = [low + step * place for place in range(1, places + 1)]
        first = len(above[:reach])
        ours = positions[first : first + count]
        for job, position in zip(way, positions[:first] + positions[first + count :], strict=True):
            if job.position != position:
                batch.place(job.id, job.priority, position)
        return ours


def _bounds(above: list[Job], below: list[Job], places: int) -> tuple[int, int, int]:
    """What the positions must lie between; an open end of the level is as far away as they need."""
    wide = STRIDE * (places + 1)
    if above and below:
        return above[0].position, below[0].position, places
    if below:
        return below[0].position - wide, below[0].position, places
    start = above[0].position if above else 0
    return start, start + wide, places
