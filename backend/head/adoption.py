"""Records checkpoints that an engine finished but could no longer announce; whole ones only, and never backwards."""

import logging
import shutil
from pathlib import Path

import msgspec

from backend import files, leftovers
from backend.domain.job import Job
from backend.errors import Damaged
from backend.head.keeper import HeadKeeper
from backend.paths import Home
from backend.protocol.engine import CheckpointSaved
from backend.store.store import Store
from backend.trash.trash import Trash

log = logging.getLogger(__name__)


class _Card(msgspec.Struct, frozen=True):
    """The part of a checkpoint's metadata.json that the database needs."""

    id: int
    job: int
    segment: int
    step: int
    total_steps: int
    reason: str
    created_at: str
    loss: float | None = None


class Adoption:
    """Makes the database and the checkpoint folders of one job agree."""

    def __init__(self, home: Home, store: Store, keeper: HeadKeeper) -> None:
        self._home = home
        self._store = store
        self._keeper = keeper

    def after_engine(self, job: Job) -> None:
        """What is to be done at once when the engine of a living host is gone: nothing half written stays."""
        leftovers.remove_of_engine(self._home)
        self.of(job)

    def of(self, job: Job) -> None:
        """Remove what is superseded already, adopt what is newer than all that is known, put the rest away."""
        points = self._store.checkpoints
        for gone in points.gone(job.id):
            shutil.rmtree(self._home.root / gone.checkpoint.path, ignore_errors=True)
        folder = self._home.checkpoints(job.id)
        if not folder.exists():
            return
        numbered = sorted((int(path.name), path) for path in folder.iterdir() if path.name.isdecimal())
        for number, path in numbered:
            if not points.known(number):
                self._take(number, path, job)

    def _take(self, number: int, path: Path, job: Job) -> None:
        try:
            saved = self._read(number, path, job)
        except (Damaged, OSError, UnicodeError, msgspec.MsgspecError) as error:
            log.warning("%s is not taken: %s", path, error)
            Trash(self._home).put(path, "checkpoint", str(number))
            return
        self._keeper.record(saved)
        log.info("Checkpoint %d of job %d was finished but never announced; it is recorded now.", number, job.id)

    def _read(self, number: int, path: Path, job: Job) -> CheckpointSaved:
        files.verify(path)
        card = msgspec.json.decode((path / "metadata.json").read_bytes(), type=_Card)
        if (card.id, card.job) != (number, job.id):
            raise Damaged(f"{path} says it is checkpoint {card.id} of job {card.job}.")
        if number < self._store.checkpoints.last_sequence():
            raise Damaged(f"{path} is older than the last checkpoint that is recorded.")
        if card.segment != self._store.segments.last(job.id):
            raise Damaged(f"{path} is of segment {card.segment}, which is over.")
        return CheckpointSaved(
            job=card.job,
            segment=card.segment,
            sequence=number,
            step=card.step,
            total_steps=card.total_steps,
            path=str(path),
            sums_sha256=files.sha256(path / files.SUMS),
            reason=card.reason,
            loss=card.loss,
            created_at=card.created_at,
        )
