"""Moves waiting jobs: by a step or to an end of their level, or to a place in any level."""

from collections.abc import Sequence

from backend.domain.job import WAITING, Job, Priority, is_stopped, waits_by_place
from backend.errors import WrongUse
from backend.outbox import Outbox
from backend.protocol.host import Direction
from backend.queue.batch import Batch, changing
from backend.queue.places import Places
from backend.store.store import Store

WORDS = {
    Direction.UP: "up",
    Direction.DOWN: "down",
    Direction.TOP: "to the top",
    Direction.BOTTOM: "to the bottom",
}


class Moves:
    """All jobs of one call or none; several keep their order among each other."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox
        self._places = Places(store)

    def move(self, numbers: Sequence[int], direction: Direction) -> list[Job]:
        """Within their levels; one that is at the end already stays there. Raises WrongUse for one that cannot move."""
        with changing(self._store, self._outbox) as batch:
            jobs = self._movable(numbers)
            for priority in sorted({job.priority for job in jobs}):
                chosen = sorted((j for j in jobs if j.priority is priority), key=lambda job: (job.position, job.id))
                for number in self._move_in_level([job.id for job in chosen], priority, direction, batch):
                    self._store.journal.add("moved", number, WORDS[direction])
        return [self._store.jobs.get(job.id) for job in jobs]

    def place(self, numbers: Sequence[int], priority: Priority, before: int | None) -> list[Job]:
        """Into a level in the order given, before a waiting job or at the end.

        Raises:
            WrongUse: one of them cannot move, or `before` does not wait in that level.
        """
        with changing(self._store, self._outbox) as batch:
            jobs = self._movable(numbers)
            moving = [job.id for job in jobs]
            target = None if before is None else self._target(before, priority, moving)
            if not self._stand_there(jobs, priority, target):
                self._put_before(target, priority, moving, batch)
                where = "its end" if target is None else f"before {target.name}, job {target.id}"
                self._store.journal.add_all("moved", [(n, f"to {priority.label} priority, {where}") for n in moving])
        return [self._store.jobs.get(number) for number in moving]

    def _movable(self, numbers: Sequence[int]) -> list[Job]:
        jobs = [self._store.jobs.get(number) for number in dict.fromkeys(numbers)]
        for job in jobs:
            if job.state not in WAITING:
                raise WrongUse(f"Job {job.id} is {job.state} and has no place in the queue.", "Only waiting jobs move.")
            if is_stopped(job):
                raise WrongUse(
                    f"Job {job.id} was stopped at step {job.step} and is next, whatever its place.",
                    "Skip it to let another pass.",
                )
        return jobs

    def _move_in_level(
        self, chosen: Sequence[int], priority: Priority, direction: Direction, batch: Batch
    ) -> list[int]:
        """The numbers of those that moved."""
        match direction:
            case Direction.UP:
                return [number for number in chosen if self._up(number, priority, chosen, batch)]
            case Direction.DOWN:
                return [number for number in reversed(chosen) if self._down(number, priority, chosen, batch)]
            case Direction.TOP:
                return self._to_top(chosen, priority, batch)
            case Direction.BOTTOM:
                return self._to_bottom(chosen, priority, batch)

    def _up(self, number: int, priority: Priority, chosen: Sequence[int], batch: Batch) -> bool:
        above = self._store.jobs.before(self._store.jobs.get(number))
        if above is None or above.id in chosen:
            return False
        self._put_before(above, priority, [number], batch)
        return True

    def _down(self, number: int, priority: Priority, chosen: Sequence[int], batch: Batch) -> bool:
        below = self._store.jobs.after(self._store.jobs.get(number))
        if below is None or below.id in chosen:
            return False
        self._put_before(self._store.jobs.after(below), priority, [number], batch)
        return True

    def _to_top(self, chosen: Sequence[int], priority: Priority, batch: Batch) -> list[int]:
        first = self._store.jobs.edge(priority, without=chosen)
        if first is None:
            return []
        behind = [number for number in chosen if _stands_before(first, self._store.jobs.get(number))]
        self._put_before(first, priority, behind, batch)
        return behind

    def _to_bottom(self, chosen: Sequence[int], priority: Priority, batch: Batch) -> list[int]:
        last = self._store.jobs.edge(priority, without=chosen, last=True)
        if last is None:
            return []
        ahead = [number for number in chosen if _stands_before(self._store.jobs.get(number), last)]
        self._put_before(self._store.jobs.after(last), priority, ahead, batch)
        return ahead

    def _put_before(self, target: Job | None, priority: Priority, numbers: Sequence[int], batch: Batch) -> None:
        if target is None:
            positions = self._places.at_end(priority, len(numbers))
        else:
            positions = self._places.before(target, len(numbers), numbers, batch)
        for number, position in zip(numbers, positions, strict=True):
            batch.place(number, priority, position)

    def _target(self, before: int, priority: Priority, moving: Sequence[int]) -> Job | None:
        """Who they shall stand before; one that moves along stands for the next that does not."""
        job = self._store.jobs.get(before)
        if not waits_by_place(job) or job.priority is not priority:
            raise WrongUse(
                f"Job {before} does not wait at {priority.label} priority.", "`espalier queue list` shows which do."
            )
        return self._store.jobs.after(job, without=moving) if before in moving else job

    def _stand_there(self, jobs: Sequence[Job], priority: Priority, target: Job | None) -> bool:
        """Whether nothing would change."""
        if any(job.priority is not priority for job in jobs):
            return False
        followers = [*(job.id for job in jobs[1:]), None if target is None else target.id]
        found = (self._store.jobs.after(job) for job in jobs)
        return all((None if one is None else one.id) == wanted for one, wanted in zip(found, followers, strict=True))


def _stands_before(one: Job, other: Job) -> bool:
    return (one.position, one.id) < (other.position, other.id)
