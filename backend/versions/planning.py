"""What a consolidation would do now: which files it would hold, the space that it takes, and what stands against it."""

import shutil
from collections.abc import Callable
from pathlib import Path

from backend import files
from backend.domain.backup import Subject
from backend.domain.head import Base, Head
from backend.domain.version import Precision, TrainedJob
from backend.errors import Refused, UserError
from backend.paths import Home
from backend.protocol.keeping import ConsolidationPlan
from backend.store.store import Store
from backend.versions import folder as places
from backend.versions.lineage import trained_jobs
from backend.versions.numbers import next_number

CHECKING = "checking space, base and adapter"
BACKING_UP = "backing up the head, read back from disk and loaded once"
MERGING = "merging the adapter into the base, in float32 arithmetic"
MEASURING = "measuring the merge against base and adapter as trained"
ANSWERING = "asking the new version a question"
MOVING = "making it the base of the head"
STEPS = (CHECKING, BACKING_UP, MERGING, MEASURING, ANSWERING, MOVING)
FLOAT32_BYTES = 4
"""Of one parameter."""
BytesOf = Callable[[Subject, str], int]
"""What a backup takes."""


def require_trained(store: Store) -> tuple[Head, Base]:
    """The head and its base. Raises Refused where there is nothing to merge."""
    head = store.head.get()
    base = None if head.base is None else store.bases.find(head.base)
    if base is None:
        raise Refused("No model has been chosen yet.", "`espalier model add starter`, then `model use starter`.")
    if head.checkpoint is None:
        raise Refused(
            f"Nothing was trained since the head stands on {base.slug}: there is no adapter to merge.",
            "Train a file first.",
        )
    return head, base


def plan(
    home: Home, store: Store, precision: Precision, bytes_of: BytesOf, refusal: UserError | None = None
) -> ConsolidationPlan:
    """Changes nothing.

    Args:
        bytes_of: what a backup takes.
        refusal: what the host has against it, which nobody else knows.
    """
    jobs: tuple[TrainedJob, ...] = ()
    base_slug, version, in_float32, backup = "", 0, 0, 0
    try:
        head, base = require_trained(store)
        base_slug, jobs = base.slug, trained_jobs(home, store, head)
        version, in_float32 = sizes(home, head, base, jobs, precision)
        backup = bytes_of(Subject.HEAD, "head")
    except UserError as error:
        refusal = refusal or error
    usage = shutil.disk_usage(home.root)
    kept_free = max(files.RESERVE_BYTES, int(usage.total * files.RESERVE_SHARE))
    needed = int((max(version, in_float32) + backup) * 1.1) + kept_free
    if refusal is None and usage.free < needed:
        refusal = Refused(
            f"The disk of {home.root} has {usage.free:,} bytes free and {needed:,} are needed.",
            "Free some space there.",
        )
    return ConsolidationPlan(
        version=places.id_of(next_number(home, store)),
        steps=STEPS,
        jobs=tuple(job.name for job in jobs),
        base=base_slug,
        version_bytes=version,
        float32_bytes=in_float32,
        backup_bytes=backup,
        needed_bytes=needed,
        free_bytes=usage.free,
        refusal=refusal.message if refusal is not None else "",
        hint=refusal.hint if refusal is not None else "",
    )


def sizes(home: Home, head: Head, base: Base, jobs: tuple[TrainedJob, ...], precision: Precision) -> tuple[int, int]:
    """Bytes of the version as asked for, and in float32; what surrounds the weights is in both."""
    assert head.checkpoint is not None
    model = Path(base.path)
    whole = files.size_of(model)
    weights = sum(path.stat().st_size for path in model.glob("*.safetensors"))
    adapter = sum(path.stat().st_size for path in (home.root / head.checkpoint.path).glob("adapter*"))
    around = (
        whole - weights + adapter + sum(files.size_of(home.evolution / job.evolution) for job in jobs if job.evolution)
    )
    # Where nobody counted the parameters, the weights may be in 16 bits.
    in_float32 = around + (max(weights, FLOAT32_BYTES * base.parameters) if base.parameters else 2 * weights)
    return (in_float32 if precision is Precision.FLOAT32 else around + weights), in_float32
