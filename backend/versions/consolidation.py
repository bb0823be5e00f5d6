"""Consolidation: base and adapter become a version, and the head stands on it (semantics.md 23)."""

import contextlib
import logging
import shutil
from functools import partial
from pathlib import Path

import msgspec

from backend import files
from backend.backup.source import parent_of
from backend.clock import utc_now
from backend.domain.backup import BackupType, Subject
from backend.domain.head import Base, Head
from backend.domain.move import MoveKind
from backend.domain.operation import Operation, OperationKind
from backend.domain.version import Precision, Version, VersionCard
from backend.errors import Damaged, NoSpace, Refused
from backend.library.shelf import slug_of
from backend.operations.operations import Recovered
from backend.operations.work import Cancelled, Merging, Progress, Steps, Work
from backend.protocol.engine import Merge, Merged
from backend.protocol.host import ModelAdded
from backend.protocol.keeping import Consolidate, ConsolidationPlan
from backend.store.operations import Unfinished
from backend.training.tasks import MergeRefused
from backend.versions import folder as places
from backend.versions import numbers, planning, records, tags, told
from backend.versions.lineage import ancestors, gate_jobs, trained_jobs
from backend.versions.parts import Parts
from backend.versions.refusal import in_words

log = logging.getLogger(__name__)


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """All that recovery must know."""

    folder: str
    """Name of the version's folder."""
    head: Head
    """What is merged."""
    base_sha256: str
    card: VersionCard


class Consolidation:
    """`plan` changes nothing; `begin` begins it; `recover` is what a new host does about one that never ended."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def plan(self, precision: Precision) -> ConsolidationPlan:
        """What would happen now."""
        refusal = None
        try:
            self._require_idle()
        except Refused as error:
            refusal = error
        parts = self._parts
        return planning.plan(parts.home, parts.store, precision, parts.taking.bytes_of, refusal)

    def begin(self, request: Consolidate) -> Operation:
        """Raises Refused and WrongUse where it cannot be; nothing is begun then, and no number given away."""
        parts = self._parts
        self._require_idle()
        words = tags.checked(request.tags)
        head, base = planning.require_trained(parts.store)
        number = numbers.next_number(parts.home, parts.store)
        intent = self._intent(request, words, number, head, base)
        numbers.use(parts.home, number)
        return parts.operations.begin(
            OperationKind.CONSOLIDATE,
            intent.card.id,
            intent,
            lambda operation: self._steps(operation, intent, request.precision),
            words=planning.STEPS,
            holds_head=True,
        )

    def recover(self, unfinished: Unfinished) -> Recovered:
        """A whole version becomes the head's base after all; of any other nothing stays."""
        parts = self._parts
        intent = msgspec.json.decode(unfinished.intent, type=Intent)
        if parts.store.versions.find(intent.card.id) is not None:
            return Recovered(done=True, text=_done(intent.card))
        version = self._found(intent)
        if version is not None and parts.store.head.get() == intent.head:
            self._record(version, intent)
            return Recovered(done=True, text=_done(version.card))
        self._put_away(intent)
        return Recovered(
            done=False, text=f"The program ended before {intent.card.id} was whole; the head is as it was before."
        )

    # Inside

    def _require_idle(self) -> None:
        self._parts.operations.require_free()
        if self._parts.trainer.occupied:
            raise Refused("The queue is training, and the head moves with it.", "Pause or stop it first.")

    def _intent(self, request: Consolidate, words: tuple[str, ...], number: int, head: Head, base: Base) -> Intent:
        home, store = self._parts.home, self._parts.store
        assert head.checkpoint is not None
        jobs = trained_jobs(home, store, head)
        name = request.name.strip() or jobs[-1].name.removesuffix(".jsonl")
        now = utc_now()
        card = VersionCard(
            id=places.id_of(number),
            number=number,
            slug=slug_of(name),
            description=request.description,
            created_at=now,
            parent=parent_of(store, base),
            adapter=head.adapter,
            checkpoint=head.checkpoint.id,
            total_steps=head.total_steps,
            jobs=jobs,
            lineage=ancestors(store, base.slug),
            tags=words,
            name=f"{places.id_of(number)} {name}",
            source=base.source,
        )
        folder = places.name_of(number, now, card.slug)
        return Intent(folder=folder, head=head, base_sha256=base.sha256, card=card)

    def _steps(self, operation: Operation, intent: Intent, precision: Precision) -> Steps:
        parts = self._parts
        head, base = planning.require_trained(parts.store)
        if head != intent.head:
            raise Refused("The head has moved since.", "Consolidate again.")
        room = max(planning.sizes(parts.home, head, base, intent.card.jobs, precision))
        room += parts.taking.bytes_of(Subject.HEAD, "head")
        yield Work(planning.CHECKING, partial(self._check, head, base, room))
        reason = f"before the consolidation into {intent.card.id}"
        yield from parts.taking.steps(BackupType.PRE_CONSOLIDATION, Subject.HEAD, "head", reason)
        try:
            merged: Merged = yield Merging(planning.MERGING, self._merge(operation, intent, base, precision))
        except MergeRefused as refused:
            yield Work("taking back", lambda _: self._put_away(intent))
            raise in_words(refused) from refused
        except Cancelled:
            yield Work("taking back", lambda _: self._put_away(intent))
            raise
        except Exception:
            # An engine that died may have died a moment too late.
            version: Version | None = yield Work("looking at what the engine left", lambda _: self._found(intent))
            if version is None:
                yield Work("taking back", lambda _: self._put_away(intent))
                raise
        else:
            version = self._as_version(merged)
        try:
            self._record(version, intent)
        except NoSpace:  # no room even for its rows
            yield Work("taking back", lambda _: self._put_away(intent))
            raise
        return _done(version.card)

    def _check(self, head: Head, base: Base, room: int, progress: Progress) -> None:
        """Room for all that is to come; base and adapter are what was recorded."""
        home = self._parts.home
        assert head.checkpoint is not None
        adapter, model = home.root / head.checkpoint.path, Path(base.path)
        progress.step(planning.CHECKING, files.size_of(adapter) + files.size_of(model))
        files.require_space(home.versions, room)
        files.verify(adapter, head.checkpoint.sums_sha256, heed=progress.heed)
        files.verify(model, base.sha256, heed=progress.heed)

    def _merge(self, operation: Operation, intent: Intent, base: Base, precision: Precision) -> Merge:
        home, store = self._parts.home, self._parts.store
        assert intent.head.checkpoint is not None
        return Merge(
            operation=operation.id,
            base=base,
            adapter=intent.head.adapter,
            adapter_from=str(home.root / intent.head.checkpoint.path),
            target=str(home.versions / intent.folder),
            card=intent.card,
            precision=precision,
            jobs=gate_jobs(home, store, intent.head),
            evolution=tuple(str(home.evolution / job.evolution) for job in intent.card.jobs if job.evolution),
            token_cache=str(home.token_cache),
            engine=self._parts.settings().engine,
        )

    def _as_version(self, merged: Merged) -> Version:
        """What the engine read back from there already."""
        path = Path(merged.path)
        if files.sha256(path / files.SUMS) != merged.sums_sha256:
            raise Damaged(f"{path / files.SUMS} is not what the engine wrote.", "Consolidate again.")
        return Version(
            card=merged.card,
            path=path.relative_to(self._parts.home.root).as_posix(),
            sums_sha256=merged.sums_sha256,
            bytes=files.size_of(path),
            tags=merged.card.tags,
            verified_at=utc_now(),
        )

    def _found(self, intent: Intent) -> Version | None:
        """The version, where it is whole on disk; safe in a thread."""
        home = self._parts.home
        folder = home.versions / intent.folder
        if not folder.exists():
            return None
        try:
            version = places.read(home, folder)
        except Damaged as error:
            log.warning("%s is not taken: %s", folder, error)
            return None
        if _identity(version.card) != _identity(intent.card):
            return None
        return msgspec.structs.replace(version, verified_at=utc_now())

    def _record(self, version: Version, intent: Intent) -> None:
        """The one transaction that moves the pointer, and what follows it."""
        parts = self._parts
        with parts.store.atomic():
            base = records.put(parts.home, parts.store, version)
            parts.keeper.stand_on(version, intent.head.adapter, MoveKind.CONSOLIDATION)
            parts.store.journal.add(
                "consolidated", None, f"{version.id}: {', '.join(j.name for j in version.card.jobs)}"
            )
        parts.outbox.tell(ModelAdded(base=base))
        parts.keeper.show()
        told.changed(parts)

    def _put_away(self, intent: Intent) -> None:
        """Of a version that does not count: what is half-written goes, what has its final name lies in the trash."""
        versions = self._parts.home.versions
        for staging in versions.glob(f".staging-{intent.folder}-*"):
            shutil.rmtree(staging, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            if (versions / intent.folder).exists():
                self._parts.put_away(versions / intent.folder, "version", intent.card.id)


def _done(card: VersionCard) -> str:
    precision = f" in {card.precision}" if card.precision else ""
    return f"{card.id} is made{precision} and is the head's base now."


def _identity(card: VersionCard) -> tuple[object, ...]:
    """What the engine does not find out but is told."""
    return card.id, card.created_at, card.parent, card.checkpoint, card.adapter
