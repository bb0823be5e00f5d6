"""Trains jobs with evolution in this process, and reads what they left."""

from pathlib import Path
from typing import Any

from backend.domain.snapshot import Snapshot
from backend.evolution import folder as places
from backend.protocol.engine import Mode, Train
from backend.protocol.evolution import EvolutionOrder
from tests.drivers.segments import Job


def folder(job: Job) -> Path:
    return job.home.evolution / f"rows-{job.dataset[:8]}_20261125_000000"


def order(job: Job, **changes: Any) -> EvolutionOrder:
    return EvolutionOrder(**{"folder": str(folder(job)), "origin": "0" * 64, **changes})


def watched(job: Job, mode: Mode = Mode.START, *, resume_from: str | None = None, **changes: Any) -> Train:
    """The next segment's command, with evolution. Args: changes: of the order."""
    return job.command(mode, resume_from=resume_from, evolution=order(job, **changes))


def taken(job: Job) -> dict[int, Snapshot]:
    """By step."""
    return {snapshot.training_step: snapshot for snapshot in places.snapshots(folder(job))}


def names(job: Job) -> list[str]:
    return sorted(path.name for path in folder(job).iterdir()) if folder(job).exists() else []
