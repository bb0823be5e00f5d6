"""How a segment of a job begins: on which checkpoints, verified, and in which mode (semantics.md 3)."""

import logging
from collections.abc import Callable

import msgspec

from backend import files
from backend.domain.head import Base, Head
from backend.domain.job import Job
from backend.errors import Damaged, Refused
from backend.evolution.orders import Orders
from backend.head.keeper import HeadKeeper
from backend.paths import Home
from backend.protocol.engine import Mode, Train
from backend.settings import Settings
from backend.store.checkpoints import Condition, Stored
from backend.store.store import Store

log = logging.getLogger(__name__)
Notify = Callable[[str, str, int | None], object]
"""Tell the user of an error: text, hint, job."""


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """Where the segment starts. `job` carries the step that its own checkpoint has."""

    job: Job
    mode: Mode
    head: Head
    base: Base
    own: Stored | None


class Planner:
    """Every byte of a checkpoint is read back before a segment stands on it (safety.md, rule 6)."""

    def __init__(self, home: Home, store: Store, keeper: HeadKeeper, notify: Notify) -> None:
        self._home = home
        self._store = store
        self._keeper = keeper
        self._notify = notify
        self._orders = Orders(home, store, notify)

    def begin(self, job: Job) -> Beginning:
        """Decide how `job` begins; damaged checkpoints are marked, told, and the one before is taken.

        Raises:
            UserError: it cannot begin: no base, data gone, or no good checkpoint left.
        """
        self._require_data(job)
        head = self._sound_head(job)
        base = self._base(head)
        own = self._sound_own(job)
        if own is None and job.step > 0:
            raise Damaged(
                f"{job.name} was at step {job.step} and no undamaged checkpoint of it is left.",
                "It was not started over by itself: queue the file again to train it from its beginning.",
            )
        if own is None:
            return Beginning(job=job, mode=Mode.START, head=head, base=base, own=None)
        same = head.checkpoint is not None and head.checkpoint.id == own.checkpoint.id
        job = msgspec.structs.replace(job, step=own.checkpoint.step)
        return Beginning(job=job, mode=Mode.RESUME if same else Mode.CONTINUE, head=head, base=base, own=own)

    def command(self, begin: Beginning, segment: int, settings: Settings) -> Train:
        """The engine's order for a segment that begins so."""
        job, head = begin.job, begin.head
        if begin.mode is Mode.START:
            self._put_ledger_aside(job, segment)
        budget = self._store.jobs.token_budget(job.id) or settings.engine.token_budget
        return Train(
            job=job.id,
            segment=segment,
            mode=begin.mode,
            name=job.name,
            dataset=job.dataset,
            dataset_path=str(self._home.dataset(job.dataset)),
            base=begin.base,
            adapter=head.adapter,
            settings=job.settings,
            engine=msgspec.structs.replace(settings.engine, token_budget=budget),
            run_folder=str(self._home.run(job.id)),
            token_cache=str(self._home.token_cache),
            reserve=str(self._home.space_reserve),
            next_sequence=self._next_sequence(job),
            resume_from=str(self._home.root / begin.own.checkpoint.path) if begin.own else None,
            adapter_from=str(self._home.root / head.checkpoint.path) if head.checkpoint else None,
            total_steps_before=head.total_steps,
            evolution=self._orders.order(job, segment, begin.mode, head, begin.base),
        )

    def is_sound(self, stored: Stored) -> bool:
        """Read a checkpoint back; a damaged one is marked and told of."""
        point = stored.checkpoint
        try:
            files.verify(self._home.root / point.path, point.sums_sha256)
        except Damaged as error:
            log.warning("Checkpoint %d is damaged: %s", point.id, error.message)
            with self._store.atomic():
                self._store.checkpoints.mark(point.id, Condition.DAMAGED)
                self._store.journal.add("damaged", point.job, error.message)
            self._notify(error.message, "The verified checkpoint before it is taken.", point.job)
            return False
        return True

    def _put_ledger_aside(self, job: Job, segment: int) -> None:
        """The ledger of training that was undone stays, under a name that says where it ended."""
        ledger = self._home.ledger(job.id)
        if ledger.exists() and self._store.checkpoints.of_job(job.id):
            files.move(ledger, ledger.with_name(f"ledger-before-segment-{segment}.jsonl"))

    def _require_data(self, job: Job) -> None:
        path = self._home.dataset(job.dataset)
        size = self._store.datasets.get(job.dataset).bytes
        if not path.is_file() or path.stat().st_size != size:
            raise Damaged(
                f"The stored copy of {job.name} is missing or has another size ({path}).", "Queue the file again."
            )

    def _base(self, head: Head) -> Base:
        if head.base is None:
            raise Refused("No model has been chosen yet.", "`espalier model add starter`, then `model use starter`.")
        return self._store.bases.get(head.base)

    def _sound_head(self, job: Job) -> Head:
        head = self._store.head.get()
        if head.checkpoint is None:
            return head
        current = self._store.checkpoints.get(head.checkpoint.id)
        if current.condition is Condition.WHOLE and self.is_sound(current):
            return head
        for earlier in self._store.checkpoints.lineage_before(head.checkpoint.id):
            if self.is_sound(earlier):
                text = f"Checkpoint {head.checkpoint.id} is damaged; the head went back to {earlier.checkpoint.id}."
                self._keeper.fall_back(earlier, text)
                return self._store.head.get()
        raise Damaged(
            f"{job.name} cannot begin: the checkpoint of the head is damaged and none before it is left.",
            f"Bring back {head.checkpoint.path} from a backup, or begin afresh with `espalier model use {head.base}`.",
        )

    def _sound_own(self, job: Job) -> Stored | None:
        """None for a job that begins at step 0, also where only the last stretch of its training was undone."""
        standing = (own for own in self._store.checkpoints.standing_of(job.id) if own.checkpoint.step <= job.step)
        return next((own for own in standing if self.is_sound(own)), None)

    def _next_sequence(self, job: Job) -> int:
        folder = self._home.checkpoints(job.id)
        on_disk = [int(path.name) for path in folder.iterdir() if path.name.isdecimal()] if folder.exists() else []
        return 1 + max(self._store.checkpoints.last_sequence(), *on_disk, 0)
