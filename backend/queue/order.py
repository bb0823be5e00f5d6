"""Who trains next (semantics.md 5): the begun job always, then by level, then by arrival."""

from collections.abc import Iterable

from backend.domain.job import HOLDING, WAITING, Job, is_stopped


def sort_key(job: Job) -> tuple[int, int, int, int]:
    """Smaller trains earlier."""
    if job.state in HOLDING:
        turn = 0
    elif is_stopped(job):
        turn = 1
    else:
        turn = 2
    return (turn, *((job.id, 0, 0) if turn < 2 else (int(job.priority), job.position, job.id)))


def in_order(jobs: Iterable[Job]) -> list[Job]:
    """Those that will train, in the order in which they will."""
    return sorted((job for job in jobs if job.state in HOLDING | WAITING), key=sort_key)


def choose_next(jobs: Iterable[Job]) -> Job | None:
    """What `store.jobs` finds by its indexes, said over a plain list."""
    ordered = in_order(jobs)
    return ordered[0] if ordered else None
