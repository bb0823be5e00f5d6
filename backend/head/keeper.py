"""Moves the head: to each verified checkpoint, to another base, or back from a damaged checkpoint."""

import logging
from pathlib import Path

import msgspec

from backend.domain.head import AdapterSettings, Base, Checkpoint, Head
from backend.domain.job import Job
from backend.domain.move import MoveKind
from backend.domain.version import Version
from backend.errors import NoSpace, Refused
from backend.head import derived, pruning, reach
from backend.head.unit import Unit, last_unit, words_of
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.engine import CheckpointSaved
from backend.protocol.host import HeadChanged, JobChanged, MovesChanged
from backend.store.checkpoints import Condition, Stored
from backend.store.store import Store

log = logging.getLogger(__name__)


class HeadKeeper:
    """Each move is one transaction; derived files and events follow it."""

    def __init__(self, home: Home, store: Store, outbox: Outbox) -> None:
        self._home = home
        self._store = store
        self._outbox = outbox
        self._moves: MovesChanged | None = None
        """What was told of them last."""
        self._is_behind = False
        """Whether the files show an earlier head, because the disk was full."""

    def head(self) -> Head:
        return self._store.head.get()

    def base(self) -> Base | None:
        slug = self.head().base
        return None if slug is None else self._store.bases.find(slug)

    def record(self, saved: CheckpointSaved) -> Job:
        """Commit a verified checkpoint: its row, the job's step, the head and its move, in one transaction.

        One that is recorded already changes nothing.
        """
        store = self._store
        if store.checkpoints.known(saved.sequence):
            return store.jobs.get(saved.job)
        point = Checkpoint(
            id=saved.sequence,
            job=saved.job,
            segment=saved.segment,
            step=saved.step,
            path=relative(self._home, saved.path),
            sums_sha256=saved.sums_sha256,
            reason=saved.reason,
            loss=saved.loss,
            created_at=saved.created_at,
        )
        with store.atomic():
            from_step, total_before = store.segments.totals(saved.job, saved.segment)
            job = store.jobs.get(saved.job)
            loss = job.loss if saved.loss is None else saved.loss
            job = msgspec.structs.replace(job, step=saved.step, total_steps=saved.total_steps, loss=loss)
            head = store.head.get()
            total = total_before + saved.step - from_step
            assert head.base is not None
            store.checkpoints.add(point, head.base, total)
            store.jobs.put(job)
            store.head.move(
                msgspec.structs.replace(head, checkpoint=point, total_steps=total),
                MoveKind.TRAINING,
                job.id,
                saved.segment,
            )
            store.journal.add("checkpoint", job.id, f"step {saved.step}: {saved.reason}")
        self.show()
        pruning.prune(self._home, store, job.id)
        self._outbox.tell(JobChanged(job=job))
        return job

    def use(self, base: Base, adapter: AdapterSettings) -> None:
        """Start afresh on a base.

        Raises:
            Refused: a job is begun and holds the head.
        """
        holder = self._store.jobs.holder()
        if holder is not None:
            raise Refused(
                f"{holder.name} is {holder.state} and holds the head.", "Stop or skip it first, then change the model."
            )
        with self._store.atomic():
            self._store.head.move(Head(base=base.slug, adapter=adapter), MoveKind.USE)
            self._store.journal.add("model", None, f"the head now stands on {base.slug}")
        self.show()

    def stand_on(self, version: Version, adapter: AdapterSettings, kind: MoveKind) -> None:
        """Point the head at a version, without an adapter; the caller commits, and calls `show` after that.

        Args:
            adapter: shape of the next adapter.
        """
        head = Head(base=version.id, adapter=adapter, total_steps=version.card.total_steps)
        self._store.head.move(head, kind)

    def fall_back(self, to: Stored, reason: str) -> None:
        """Stand on an earlier checkpoint, because the one before it in the text of `reason` is damaged."""
        head = self._store.head.get()
        with self._store.atomic():
            moved = msgspec.structs.replace(head, checkpoint=to.checkpoint, total_steps=to.total_steps)
            self._store.head.move(moved, MoveKind.FALLBACK)
            self._store.journal.add("fallback", to.checkpoint.job, reason)
        self.show()

    def show(self) -> None:
        """Rewrite what is derived from the head, and tell of it. A disk without room for that undoes no move."""
        head = self.head()
        self._is_behind = True
        try:
            self.catch_up()
        except NoSpace as error:
            log.error("%s", error)
        self._outbox.tell(HeadChanged(head=head))
        unit, undone = self.last_unit(), self._store.head.undone()
        moves = MovesChanged(undo=unit.words if unit else None, redo=words_of(undone) or None)
        if moves != self._moves:
            self._moves = moves
            self._outbox.tell(moves)

    def catch_up(self) -> None:
        """Write what a full disk left unwritten. Raises NoSpace."""
        if self._is_behind:
            derived.write(self._home, self.head(), self.base())
            self._is_behind = False

    def last_unit(self) -> Unit | None:
        """What undo would take back now."""
        points = self._store.checkpoints
        return last_unit(
            reach.standing(self._store), self.head(), lambda point: points.get(point.id).condition is Condition.WHOLE
        )


def relative(home: Home, path: str) -> str:
    """A path below the home as the database spells it, so that a home can be moved."""
    place = Path(path)
    return (place.relative_to(home.root) if place.is_absolute() else place).as_posix()
