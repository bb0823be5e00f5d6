"""What the queue should be, said over plain lists: no positions, no database. Real queues are compared with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.domain.job import HOLDING, WAITING, JobState, Priority
from backend.protocol.host import Direction

ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.REMOVED, JobState.UNDONE})


class NotAllowed(Exception):
    """The real queue must refuse this, and change nothing."""


@dataclass
class Known:
    """What is known of one job."""

    number: int
    content: str
    level: Priority
    state: JobState = JobState.QUEUED
    begun: bool = False
    """Whether it was started since it was last queued."""
    step: int = 0
    epochs: int = 1
    removed_from: JobState | None = None

    @property
    def is_stopped(self) -> bool:
        return self.state is JobState.QUEUED and self.begun

    @property
    def waits_by_place(self) -> bool:
        return self.state in WAITING and not self.is_stopped


class QueueModel:
    """`places` holds each level in order, removed jobs too: they find their places again."""

    def __init__(self) -> None:
        self.jobs: dict[int, Known] = {}
        self.places: dict[Priority, list[int]] = {level: [] for level in Priority}

    def holder(self) -> Known | None:
        return next((job for job in self.jobs.values() if job.state in HOLDING), None)

    def order(self) -> list[int]:
        """Numbers of those that will train, in the order in which they will."""
        first = [job.number for job in self.jobs.values() if job.state in HOLDING]
        stopped = [job.number for job in self.jobs.values() if job.is_stopped]
        return [*first, *stopped, *(number for level in Priority for number in self.waiting(level))]

    def waiting(self, level: Priority) -> list[int]:
        return [number for number in self.places[level] if self.jobs[number].waits_by_place]

    def next(self) -> Known | None:
        ordered = self.order()
        return self.jobs[ordered[0]] if ordered else None

    def welcomes(self, contents: Sequence[str], again: bool) -> list[bool]:
        """Which of these files are queued; the same content does not wait twice unless that is asked for."""
        waiting = {job.content for job in self.jobs.values() if job.state not in ENDED}
        welcome = []
        for content in contents:
            welcome.append(again or content not in waiting)
            waiting.add(content)
        return welcome

    def add(self, number: int, content: str, level: Priority) -> None:
        assert number not in self.jobs
        self.jobs[number] = Known(number, content, level)
        self.places[level].append(number)

    def move(self, numbers: Sequence[int], direction: Direction) -> None:
        self._require_places(numbers)
        for level in Priority:
            chosen = [number for number in self.waiting(level) if number in numbers]
            match direction:
                case Direction.UP:
                    for number in chosen:
                        self._swap(number, level, -1, chosen)
                case Direction.DOWN:
                    for number in reversed(chosen):
                        self._swap(number, level, 1, chosen)
                case Direction.TOP:
                    self._to_top(chosen, level)
                case Direction.BOTTOM:
                    self._to_bottom(chosen, level)

    def place(self, numbers: Sequence[int], level: Priority, before: int | None) -> None:
        self._require_places(numbers)
        target = before
        if before is not None:
            job = self.jobs[before]
            if not job.waits_by_place or job.level is not level:
                raise NotAllowed
            shown = self.waiting(level)
            target = next((each for each in shown[shown.index(before) :] if each not in numbers), None)
        ahead = self.waiting(level)
        stand = [number for number in ahead if number in numbers]
        at = ahead.index(stand[0]) if stand else 0
        there = ahead[at : at + len(numbers) + 1]
        if there != [*numbers, *([] if target is None else [target])]:
            self._put(numbers, level, target)

    def remove(self, numbers: Iterable[int], held: int | None) -> None:
        jobs = [self.jobs[number] for number in numbers]
        if any(job.state in (JobState.RUNNING, JobState.DONE, JobState.REMOVED) or job.number == held for job in jobs):
            raise NotAllowed
        for job in jobs:
            job.state, job.removed_from = JobState.REMOVED, job.state

    def restore(self, numbers: Iterable[int]) -> None:
        jobs = [self.jobs[number] for number in numbers]
        if any(job.state is not JobState.REMOVED for job in jobs):
            raise NotAllowed

        def others(job: Known) -> list[Known]:
            return [each for each in self.jobs.values() if each is not job]

        for job in jobs:
            assert job.removed_from is not None
            job.state, job.removed_from = job.removed_from, None
            if job.state in HOLDING:
                job.state = JobState.QUEUED
            if job.state is JobState.QUEUED and any(j.state in HOLDING or j.is_stopped for j in others(job)):
                job.begun = False

    def retry(self, numbers: Iterable[int]) -> None:
        jobs = [self.jobs[number] for number in numbers]
        if any(job.state not in (JobState.FAILED, JobState.UNDONE) for job in jobs):
            raise NotAllowed
        for job in jobs:
            self.wait_again(job)

    def edit(self, number: int, epochs: int) -> None:
        job = self.jobs[number]
        if job.state not in WAITING or job.step:
            raise NotAllowed
        job.epochs = epochs

    def wait_again(self, job: Known) -> None:
        """At the end of its level, with its turn to come by its place."""
        job.state, job.begun = JobState.QUEUED, False
        self._put([job.number], job.level, None)

    def skip(self, job: Known) -> None:
        job.state = JobState.SKIPPED
        self._put([job.number], Priority.LOW, None)

    def _require_places(self, numbers: Sequence[int]) -> None:
        if not all(self.jobs[number].waits_by_place for number in numbers):
            raise NotAllowed

    def _put(self, numbers: Sequence[int], level: Priority, before: int | None) -> None:
        """Directly before one, or at the end."""
        for number in numbers:
            self.places[self.jobs[number].level].remove(number)
            self.jobs[number].level = level
        at = len(self.places[level]) if before is None else self.places[level].index(before)
        self.places[level][at:at] = numbers

    def _swap(self, number: int, level: Priority, way: int, chosen: Sequence[int]) -> None:
        """Past its neighbour; into the place directly before what then follows."""
        shown = self.waiting(level)
        at = shown.index(number)
        if not 0 <= at + way < len(shown) or shown[at + way] in chosen:
            return
        follows = at - 1 if way < 0 else at + 2
        self._put([number], level, shown[follows] if follows < len(shown) else None)

    def _to_top(self, chosen: Sequence[int], level: Priority) -> None:
        shown = self.waiting(level)
        rest = [number for number in shown if number not in chosen]
        if rest:
            self._put([number for number in chosen if shown.index(number) > shown.index(rest[0])], level, rest[0])

    def _to_bottom(self, chosen: Sequence[int], level: Priority) -> None:
        shown = self.waiting(level)
        rest = [number for number in shown if number not in chosen]
        if rest:
            last = shown.index(rest[-1])
            ahead = [number for number in chosen if shown.index(number) < last]
            self._put(ahead, level, shown[last + 1] if last + 1 < len(shown) else None)
