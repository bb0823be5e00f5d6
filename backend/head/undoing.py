"""Undo and redo of the head's moves (semantics.md 6): the database says where the head stands, nothing is deleted."""

from collections.abc import Callable

import msgspec

from backend import files
from backend.clock import utc_now
from backend.domain.head import Checkpoint, Head
from backend.domain.job import HOLDING, Job, JobState, advance
from backend.domain.move import Move, MoveState
from backend.domain.version import Condition
from backend.errors import Damaged, Refused, WrongUse
from backend.head.keeper import HeadKeeper
from backend.head.unit import Unit, words_of
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.host import JobChanged
from backend.queue.twins import twins_of
from backend.store import checkpoints
from backend.store.store import Store

UNDONE = "Its training was undone. Queued again, it trains from its beginning."


class Undoing:
    """Each undo and redo is one transaction over the head, its moves and their jobs."""

    def __init__(
        self, home: Home, store: Store, keeper: HeadKeeper, outbox: Outbox, is_training: Callable[[], bool]
    ) -> None:
        """`is_training` says whether the engine has, or is about to have, a job in hand."""
        self._home = home
        self._store = store
        self._keeper = keeper
        self._outbox = outbox
        self._is_training = is_training

    def undo(self) -> str:
        """Take the head back to before its last unit; returns what was done.

        Raises:
            Refused: a job is in training, or paused in the middle of it.
            WrongUse: nothing is left to undo.
            Damaged: what the head would stand on is not whole; the head stays.
        """
        self._refuse_in_training("undone")
        unit = self._keeper.last_unit()
        if unit is None:
            raise WrongUse("There is nothing to undo.", "`espalier history` shows how the head came to be.")
        self._require_base(unit.before)
        self._require_whole(unit.before.checkpoint, "Undo once more goes back to before the training before it.")
        store = self._store
        jobs = [store.jobs.get(number) for number in unit.jobs]
        with store.atomic():
            store.head.take_back(unit.moves, jobs)
            store.head.put(unit.before)
            undone = [self._put(begin_anew(job), "undone", "") for job in jobs if job.state is not JobState.UNDONE]
            store.journal.add("undo", None, unit.words)
        self._tell(undone)
        return f"Undone: {unit.words}. {self._left_of(jobs)}".rstrip()

    def _left_of(self, jobs: list[Job]) -> str:
        """What an undo leaves of jobs that were skipped in between; queued again they train those rows twice."""
        standing = {move.job for move in self._store.head.moves() if move.state is MoveState.STANDING}
        named = ", ".join(job.name for job in jobs if job.id in standing)
        if not named:
            return ""
        return (
            f"What {named} trained before it was skipped is still in the head: undo again takes that back too,"
            " and queued again it would be trained twice."
        )

    def redo(self) -> str:
        """Take the last undo back; returns what was done.

        Raises:
            Refused: a job is in training, or one whose training was undone is queued again.
            WrongUse: nothing was undone since the head last moved.
            Damaged: what the head would stand on is not whole; the head stays.
        """
        self._refuse_in_training("redone")
        moves = self._store.head.undone()
        after = moves[0].after if moves else None
        number = moves[0].undo if moves else None
        if after is None or number is None:
            raise WrongUse("There is nothing to redo.", "New training, or the choice of a model, ends redo.")
        self._require_base(after)
        restored = self._as_before(number)
        self._require_whole(after.checkpoint, "Queue the file again to train it once more.")
        words = words_of(moves)
        store = self._store
        with store.atomic():
            store.head.bring_back(moves)
            store.head.put(after)
            for job in restored:
                self._put(job, "redone", "")
            store.journal.add("redo", None, words)
        self._tell(restored)
        return f"Redone: {words}. {twins_of(store, restored)}".rstrip()

    def words(self) -> tuple[str | None, str | None]:
        """What undo and redo would do now."""
        unit: Unit | None = self._keeper.last_unit()
        return (unit.words if unit else None), (words_of(self._store.head.undone()) or None)

    def moves(self) -> tuple[Move, ...]:
        """Every move of the head, oldest first."""
        return tuple(self._store.head.moves())[::-1]

    def _refuse_in_training(self, participle: str) -> None:
        holder = self._store.jobs.holder()
        if holder is not None:
            raise Refused(
                f"{holder.name} is {holder.state}: nothing can be {participle} in the middle of a training.",
                "Stop or skip it first.",
            )
        if self._is_training():
            raise Refused(f"The queue is training: nothing can be {participle} meanwhile.", "Stop it first.")

    def _as_before(self, undo: int) -> list[Job]:
        """The jobs of an undo as they were; one that was removed since stays so."""
        restored = []
        for before in self._store.head.jobs_before(undo):
            job = self._store.jobs.get(before.id)
            if job.state is before.state is JobState.UNDONE:
                continue  # an earlier stretch of a job whose later one is undone still
            if job.state is JobState.UNDONE:
                advance(job, before.state)
                restored.append(before)
            elif job.state is not JobState.REMOVED:
                raise Refused(
                    f"{job.name} is queued again, to train from its beginning (job {job.id}, {job.state}).",
                    f"Take it out first: `espalier queue remove {job.id}`.",
                )
        return restored

    def _require_base(self, head: Head) -> None:
        """A version that was deleted is no model to stand on, nor one that is damaged, unless the head does already."""
        version = None if head.base is None else self._store.versions.find(head.base)
        if version is not None and version.condition is Condition.DAMAGED and head.base != self._keeper.head().base:
            raise Refused(
                f"The head would stand on {version.id}, which is damaged.",
                "Bring it back from a backup first: `espalier backup list` shows them.",
            )
        if version is not None and version.condition in (Condition.TRASH, Condition.GONE):
            raise Refused(
                f"The head would stand on {version.id}, which was deleted.",
                "Bring it back from the trash (`espalier trash list`) or from a backup first.",
            )

    def _require_whole(self, point: Checkpoint | None, hint: str) -> None:
        """Every byte is read back before the head stands on it. A damaged one is marked."""
        if point is None:
            return
        try:
            files.verify(self._home.root / point.path, point.sums_sha256)
        except Damaged as error:
            with self._store.atomic():
                self._store.checkpoints.mark(point.id, checkpoints.Condition.DAMAGED)
                self._store.journal.add("damaged", point.job, error.message)
            self._keeper.show()
            raise Damaged(f"{error.message} The head stays where it is.", hint) from error

    def _put(self, job: Job, what: str, reason: str) -> Job:
        self._store.jobs.put(job)
        self._store.journal.add(what, job.id, reason)
        return job

    def _tell(self, jobs: list[Job]) -> None:
        self._keeper.show()
        for job in jobs:
            self._outbox.tell(JobChanged(job=job))


def begin_anew(job: Job) -> Job:
    """The job as one whose training is out of the head: nothing of it counts until it is queued again."""
    assert job.state not in HOLDING
    return msgspec.structs.replace(
        advance(job, JobState.UNDONE),
        step=0,
        attempts=0,
        total_steps=0,
        loss=None,
        heldout_first=None,
        heldout_last=None,
        reason=UNDONE,
        hint="",
        removed_from=None,
        started_at=None,
        ended_at=job.ended_at or utc_now(),
    )
