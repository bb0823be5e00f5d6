"""The jobs that the window knows, in the three levels of the queue and one group of what is finished; no Qt here."""

import bisect
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from backend.domain.job import ENDED, HOLDING, Job, JobState, Priority, is_stopped

LEVELS = len(Priority)
FINISHED = LEVELS
GROUPS = LEVELS + 1
_IN_TURN = 2
_DIGITS = str.maketrans("", "", "-:.TZ")


class Run(msgspec.Struct, frozen=True):
    """Neighbours that come into a group together: before the row `at` of those that are there."""

    group: int
    at: int
    jobs: tuple[Job, ...]


class Groups:
    """Sorted as the queue trains; every change keeps counts, so that nothing here looks at all rows."""

    def __init__(self) -> None:
        self._groups: list[list[Job]] = [[] for _ in range(GROUPS)]
        self._held: dict[int, Job] = {}
        self.waiting_rows = 0
        """Rows of training data in all files that wait or are begun."""

    def __contains__(self, number: int) -> bool:
        return number in self._held

    def get(self, number: int) -> Job | None:
        return self._held.get(number)

    def at(self, group: int, row: int) -> Job:
        return self._groups[group][row]

    def size(self, group: int) -> int:
        return len(self._groups[group])

    def slice(self, group: int, first: int, last: int) -> Sequence[Job]:
        """From `first` up to, but not with, `last`."""
        return self._groups[group][first:last]

    @property
    def waiting_count(self) -> int:
        """Files that wait or are begun."""
        return sum(len(group) for group in self._groups[:LEVELS])

    def waiting(self) -> list[Job]:
        """What is left to train, the next one first."""
        in_turn = [job for group, jobs in enumerate(self._groups[:LEVELS]) for job in jobs[self._ahead(group) :]]
        return [*self._before_all(), *in_turn]

    def finished(self) -> list[Job]:
        """Newest first."""
        return list(self._groups[FINISHED])

    def find(self, number: int) -> tuple[int, int] | None:
        """Group and row of a job."""
        held = self._held.get(number)
        if held is None:
            return None
        group = _known_group(held)
        return group, bisect.bisect_left(self._groups[group], rank(held), key=rank)

    def place(self, number: int) -> int:
        """When a job trains: 1 is next; 0 for one that is finished."""
        found = self.find(number)
        if found is None or found[0] == FINISHED:
            return 0
        group, row = found
        ahead = self._ahead(group)
        if row < ahead:
            return 1 + [job.id for job in self._before_all()].index(number)
        begun = sum(self._ahead(level) for level in range(LEVELS))
        earlier = sum(len(self._groups[level]) - self._ahead(level) for level in range(group))
        return begun + earlier + row - ahead + 1

    def row_for(self, group: int, job: Job) -> int:
        """Where it would be put in."""
        return bisect.bisect_left(self._groups[group], rank(job), key=rank)

    def first_in_turn(self, group: int, row: int) -> int:
        """`row`, or the first row of the level whose job trains by its place, where that is further down."""
        return max(row, self._ahead(group))

    def runs_of(self, jobs: Iterable[Job]) -> Iterator[Run]:
        """Jobs that are not known yet, as few runs as they make; last ones first, so that rows stay true meanwhile."""
        for group, fresh in enumerate(_by_group(jobs)):
            fresh.sort(key=rank)
            places = [self.row_for(group, job) for job in fresh] if self._groups[group] else [0] * len(fresh)
            last = len(fresh)
            while last:
                first = bisect.bisect_left(places, places[last - 1], hi=last)
                yield Run(group, places[first], tuple(fresh[first:last]))
                last = first

    def put_in(self, run: Run) -> None:
        self._groups[run.group][run.at : run.at] = run.jobs
        for job in run.jobs:
            self._held[job.id] = job
        self._count(run.group, sum(job.rows for job in run.jobs))

    def take_out(self, group: int, row: int) -> Job:
        job = self._groups[group].pop(row)
        del self._held[job.id]
        self._count(group, -job.rows)
        return job

    def replace(self, group: int, row: int, job: Job) -> None:
        """The same job, at the same place."""
        self._count(group, job.rows - self._groups[group][row].rows)
        self._groups[group][row] = self._held[job.id] = job

    def _count(self, group: int, rows: int) -> None:
        if group != FINISHED:
            self.waiting_rows += rows

    def _ahead(self, group: int) -> int:
        """How many of a level train before all that wait by their place: begun and stopped ones."""
        jobs = self._groups[group]
        return next((row for row, job in enumerate(jobs) if _turn(job) == _IN_TURN), len(jobs))

    def _before_all(self) -> list[Job]:
        begun = [job for group, jobs in enumerate(self._groups[:LEVELS]) for job in jobs[: self._ahead(group)]]
        return sorted(begun, key=lambda job: (_turn(job), job.id))


def group_of(job: Job) -> int | None:
    """None for a job that is not shown."""
    if job.state is JobState.REMOVED:
        return None
    return FINISHED if job.state in ENDED else int(job.priority)


def rank(job: Job) -> tuple[int, int, int]:
    """Order within a group: what is begun, then by place; what is finished, the newest first."""
    if job.state in ENDED:
        return (0, -_moment(job.ended_at), -job.id)
    return (_turn(job), job.position, job.id)


def _turn(job: Job) -> int:
    """As the host orders (semantics.md 5): begun, then stopped in the middle, then by place."""
    if job.state in HOLDING:
        return 0
    return 1 if is_stopped(job) else _IN_TURN


def _moment(time: str | None) -> int:
    """A stored time as a number that grows with it."""
    return int(time.translate(_DIGITS)) if time else 0


def _known_group(job: Job) -> int:
    group = group_of(job)
    assert group is not None
    return group


def _by_group(jobs: Iterable[Job]) -> list[list[Job]]:
    groups: list[list[Job]] = [[] for _ in range(GROUPS)]
    for job in jobs:
        group = group_of(job)
        if group is not None:
            groups[group].append(job)
    return groups
