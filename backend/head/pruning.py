"""Which checkpoints may go by themselves (semantics.md 22), and their going."""

import logging
import shutil
from collections.abc import Sequence

from backend.domain.head import Checkpoint
from backend.paths import Home
from backend.store.checkpoints import Condition
from backend.store.store import Store

log = logging.getLogger(__name__)
INTERVAL = "interval"
KEPT = 2


def superseded(newest_first: Sequence[Checkpoint], needed: set[int]) -> list[Checkpoint]:
    """Interval checkpoints of one job behind its last two, unless something stands on them."""
    return [point for point in newest_first[KEPT:] if point.reason == INTERVAL and point.id not in needed]


def prune(home: Home, store: Store, job: int) -> None:
    """Unlink what is superseded: the row says so first, so that a crash in between leaves only a folder to remove."""
    points = [stored.checkpoint for stored in store.checkpoints.of_job(job)]
    for point in superseded(points, store.checkpoints.needed()):
        with store.atomic():
            store.checkpoints.mark(point.id, Condition.GONE)
        shutil.rmtree(home.root / point.path, ignore_errors=True)
        log.debug("Checkpoint %d of job %d is superseded and gone.", point.id, job)
