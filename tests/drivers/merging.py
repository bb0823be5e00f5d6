"""Orders of merges for tests: what a host would ask of the engine for a job that was trained."""

from pathlib import Path
from typing import Any

import msgspec

from backend.domain.head import AdapterSettings
from backend.domain.version import Parent, Precision, VersionCard
from backend.engine import device
from backend.engine.consolidation.consolidation import Consolidation
from backend.engine.resident import Resident
from backend.protocol.engine import GateJob, Merge, Merged
from tests.drivers.segments import ENGINE, Job, Told


def merge_of(job: Job, adapter: Path, **changes: Any) -> Merge:
    """Version v001 of the job's base and an adapter of its training."""
    base = job.base
    order = Merge(
        operation=1,
        base=base,
        adapter=AdapterSettings(r=4, alpha=8),
        adapter_from=str(adapter),
        target=str(job.home.versions / "v001_20260102_030405_rows"),
        card=VersionCard(
            id="v001",
            number=1,
            slug="rows",
            description="",
            created_at="2026-01-02T03:04:05.000+00:00",
            parent=Parent(base=base.slug, sha256=base.sha256),
            adapter=AdapterSettings(r=4, alpha=8),
            checkpoint=1,
            total_steps=1,
            jobs=(),
            name="rows v001",
        ),
        precision=Precision.BASE,
        jobs=(gate_job(job),),
        evolution=(),
        token_cache=str(job.home.token_cache),
        engine=ENGINE,
    )
    return msgspec.structs.replace(order, **changes)


def gate_job(job: Job) -> GateJob:
    return GateJob(
        job=job.number,
        name="rows.jsonl",
        dataset=job.dataset,
        dataset_path=str(job.home.dataset(job.dataset)),
        settings=job.settings,
    )


def merge_here(order: Merge, told: Told | None = None) -> Merged:
    """In this process, with a base loaded anew. Raises as `Consolidation.run` does."""
    told = told if told is not None else Told({}, {})
    return Consolidation(order, device.choose(order.engine), Resident(), told, told.control).run()
