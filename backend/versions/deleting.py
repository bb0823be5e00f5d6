"""Deleting a version: its card is shown, its id typed, a backup verified; then it lies in the trash for a day."""

import datetime
from collections.abc import Generator
from pathlib import Path
from typing import Any

import msgspec

from backend import files
from backend.backup import rule
from backend.clock import local_now
from backend.domain.backup import BackupType, Subject
from backend.domain.operation import Operation, OperationKind
from backend.domain.trash import TrashEntry
from backend.domain.version import Condition, Version
from backend.errors import Damaged, NoSpace, Refused, UserError
from backend.head import reach
from backend.operations.operations import Recovered
from backend.operations.work import Steps, Work
from backend.protocol.keeping import DeleteVersion, DeletionCard
from backend.store.operations import Unfinished
from backend.store.store import Store
from backend.versions import reading_back, told
from backend.versions.parts import Parts
from backend.versions.planning import BytesOf

TO_TRASH = "moving it to the trash, from where it goes after a day"


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    end_undo: bool


def card_of(store: Store, version_id: str, bytes_of: BytesOf) -> DeletionCard:
    """What a deletion would take, and what stands against it. Raises WrongUse for an unknown version."""
    version = store.versions.get(version_id)
    refusal = refusal_of(store, version, end_undo=True)
    try:
        backup_bytes = bytes_of(Subject.VERSION, version.id)
    except (UserError, OSError):  # a damaged one, of which nothing new is copied
        backup_bytes = 0
    return DeletionCard(
        version=version,
        used_by=tuple(other.id for other in store.versions.all() if other.card.parent.version == version.id),
        undo_reaches=version.id in reach.bases(store),
        backup_bytes=backup_bytes,
        refusal=refusal.message if refusal is not None else "",
        hint=refusal.hint if refusal is not None else "",
    )


def refusal_of(store: Store, version: Version, *, end_undo: bool) -> Refused | None:
    """Why it may not be deleted now; None where it may."""
    name = version.id
    if store.head.get().base == name:
        return Refused(f"The head stands on {name}.", "Restore another version or choose another model first.")
    if not _is_of_an_earlier_day(store, version):
        return Refused(f"{name} was made today, and nothing is deleted on the day it was made.", "Wait until tomorrow.")
    if version.condition is Condition.DAMAGED and reading_back.whole_copy(store, version) is None:
        return Refused(
            f"{name} is damaged and no verified backup holds it: what is left of it may be all there is.",
            "Verify it again, or move its folder away by hand.",
        )
    if not end_undo and name in reach.bases(store):
        return Refused(
            f"Undo can still lead back to {name}.", "Say that undo may end there, and delete it then: --end-undo."
        )
    return None


class Deleting:
    """`begin` begins it; `recover` is what a new host does about one that never ended."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def begin(self, request: DeleteVersion) -> Operation:
        """Raises WrongUse for an unknown version, Refused where it may not be, or another id was typed."""
        parts = self._parts
        version = parts.store.versions.get(request.version)
        if request.typed.strip() != version.id:
            raise Refused(
                f"{version.id} is deleted only when its id is typed; {request.typed.strip() or 'nothing'!r} was.",
                f"Type {version.id}.",
            )
        parts.operations.require_free()
        if (refusal := refusal_of(parts.store, version, end_undo=request.end_undo)) is not None:
            raise refusal
        intent = Intent(version=version.id, end_undo=request.end_undo)
        words = (f"backing up {version.id}, read back from disk and loaded once", TO_TRASH)
        return parts.operations.begin(
            OperationKind.DELETE, version.id, intent, lambda _: self._steps(intent, version), words=words
        )

    def recover(self, unfinished: Unfinished) -> Recovered:
        """What was moved already is recorded; else nothing has happened but, perhaps, a backup."""
        parts = self._parts
        intent = msgspec.json.decode(unfinished.intent, type=Intent)
        version = parts.store.versions.find(intent.version)
        assert version is not None
        if version.condition in (Condition.WHOLE, Condition.DAMAGED):
            if (parts.home.root / version.path).exists():
                return Recovered(done=False, text=f"The program ended before that; {version.id} is where it was.")
            self._record(version, intent)
        return Recovered(done=True, text=f"{version.id} lies in the trash.")

    def _steps(self, intent: Intent, version: Version) -> Steps:
        parts = self._parts
        backup = yield from self._backup(version)
        current = parts.store.versions.get(version.id)
        if (refusal := refusal_of(parts.store, current, end_undo=intent.end_undo)) is not None:
            raise refusal
        # At once and here: no undo comes between that look and the row.
        entry = self._move(current)
        try:
            self._record(current, intent)
        except NoSpace:  # no room even for its row
            if entry is not None:
                yield Work("taking back", lambda _: files.move(Path(entry.path), parts.home.root / current.path))
            raise
        return f"{version.id} lies in the trash for a day. Backup {backup} holds it."

    def _backup(self, version: Version) -> Generator[Work, Any, str]:
        """Id of one that holds it and was verified just now: a new one, or for a damaged version one that there is.

        Raises:
            Refused: it is whole and does not load, for want of memory for instance.
            Damaged: of a damaged version no copy is whole any more.
        """
        parts = self._parts
        if version.condition is Condition.DAMAGED:
            return (yield from self._whole_copy(version))
        reason = f"before the deletion of {version.id}"
        backup = yield from parts.taking.steps(BackupType.PRE_DELETION, Subject.VERSION, version.id, reason)
        if not rule.is_verified(backup):
            raise Refused(
                f"Backup {backup.id} holds every byte of {version.id}, but whether it loads is not known, so the"
                f" version stays. {backup.here.message}",
                "Delete it again when more memory is free.",
            )
        return backup.id

    def _whole_copy(self, version: Version) -> Generator[Work, Any, str]:
        """Read back what is known to hold it until one copy is whole, for what lies there may have changed since."""
        parts, wrong = self._parts, []
        for backup, place in reading_back.copies(parts.store, version):
            state, problem = yield from parts.taking.verifying.check(backup, place)
            if not problem and rule.is_verified_copy(backup, state):
                return backup.id
            wrong.append(problem or state.message)
        raise Damaged(
            f"{version.id} is damaged and no backup of it is whole: what is left of it may be all there is."
            f" {' '.join(wrong)}".rstrip(),
            "Nothing was deleted.",
        )

    def _move(self, version: Version) -> TrashEntry | None:
        """Where it lies now; None of one that is missing: only the row is left of it."""
        folder = self._parts.home.root / version.path
        return self._parts.put_away(folder, "version", version.id) if folder.exists() else None

    def _record(self, version: Version, intent: Intent) -> None:
        """The one transaction after which it is no model any more, and what follows it."""
        parts = self._parts
        with parts.store.atomic():
            parts.store.versions.put(msgspec.structs.replace(version, condition=Condition.TRASH))
            if intent.end_undo:
                reach.end_at(parts.store, version.id)
            parts.store.journal.add("version deleted", None, f"{version.id} lies in the trash")
        parts.keeper.show()
        told.changed(parts)


def _is_of_an_earlier_day(store: Store, version: Version) -> bool:
    """By the user's own days. A clock that was behind when it was made, or is now, does not make it older:

    it is no older than any version with a smaller number, and one from the future is of today.
    """
    made = [other.card.created_at for other in store.versions.ever() if other.card.number <= version.card.number]
    days = [datetime.datetime.fromisoformat(time).astimezone().date() for time in made]
    return max(days) < local_now().date()
