"""What a head is made of: the trainings since its base, and the versions that the base descends from."""

from collections.abc import Iterator

import msgspec

from backend.domain.head import Checkpoint, Head
from backend.domain.job import JobState
from backend.domain.move import MoveKind
from backend.domain.version import TrainedJob
from backend.paths import Home
from backend.protocol.engine import GateJob
from backend.store.store import Store


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """One segment of a job, up to the last checkpoint of it that the head's adapter holds."""

    job: int
    point: Checkpoint
    from_step: int


def stretches(store: Store, head: Head) -> Iterator[Stretch]:
    """Newest first. The checkpoints lead from each to the one before it, so that what was left or undone is not in."""
    point = head.checkpoint
    for move in store.head.moves():
        if point is None:
            return
        if move.kind is MoveKind.TRAINING and (move.job, move.segment) == (point.job, point.segment):
            from_step, _ = store.segments.totals(point.job, point.segment)
            yield Stretch(job=point.job, point=point, from_step=from_step)
            point = move.before.checkpoint if move.before is not None and move.before.base == head.base else None
    if point is not None:  # its move is not known any more, after the database was built anew
        yield Stretch(job=point.job, point=point, from_step=0)


def trained_jobs(home: Home, store: Store, head: Head) -> tuple[TrainedJob, ...]:
    """Since the base, in the order in which they were first trained."""
    found: dict[int, list[Stretch]] = {}
    for stretch in reversed(list(stretches(store, head))):
        found.setdefault(stretch.job, []).append(stretch)
    return tuple(_trained(home, store, parts) for parts in found.values())


def gate_jobs(home: Home, store: Store, head: Head) -> tuple[GateJob, ...]:
    """What a merge is measured on, newest first."""
    numbers = dict.fromkeys(stretch.job for stretch in stretches(store, head))
    jobs = [store.jobs.get(number) for number in numbers]
    return tuple(
        GateJob(
            job=job.id,
            name=job.name,
            dataset=job.dataset,
            dataset_path=str(home.dataset(job.dataset)),
            settings=job.settings,
        )
        for job in jobs
    )


def ancestors(store: Store, slug: str) -> tuple[str, ...]:
    """Ids of the versions that a base is and descends from, oldest first; none where it is no version."""
    version = store.versions.find(slug)
    return () if version is None else (*version.card.lineage, version.id)


def _trained(home: Home, store: Store, parts: list[Stretch]) -> TrainedJob:
    job, last = store.jobs.get(parts[-1].job), parts[-1].point
    evolution = store.segments.evolution(job.id)
    has_run = evolution is not None and (home.evolution / evolution[0]).is_dir()
    return TrainedJob(
        job=job.id,
        name=job.name,
        dataset=job.dataset,
        rows=store.datasets.get(job.dataset).report.rows,
        steps=sum(part.point.step - part.from_step for part in parts),
        settings=job.settings,
        loss=job.loss if last.loss is None else last.loss,
        heldout_first=job.heldout_first,
        heldout_last=job.heldout_last,
        evolution=evolution[0] if evolution is not None and has_run else "",
        ended=job.state is JobState.DONE and last.step >= job.step,
    )
