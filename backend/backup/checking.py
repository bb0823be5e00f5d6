"""Looks at one copy of a backup and says what state it is in; nothing is raised for what is wrong with it."""

import msgspec

from backend.backup import copying
from backend.backup.root import Root
from backend.backup.trial import NotLoadable
from backend.clock import utc_now
from backend.domain.backup import Backup, CopyState, Place
from backend.domain.version import Condition
from backend.errors import Damaged
from backend.operations.work import Progress


def state_of(backup: Backup, place: Place) -> CopyState | None:
    return backup.here if place is Place.HOME else backup.second


def with_state(backup: Backup, place: Place, state: CopyState) -> Backup:
    if place is Place.HOME:
        return msgspec.structs.replace(backup, here=state)
    return msgspec.structs.replace(backup, second=state)


def check(root: Root, backup: Backup, before: CopyState, means: copying.Means, progress: Progress) -> CopyState:
    """Read every byte of a copy and of its base back from disk, and load it.

    Args:
        before: what was known of it. A model that cannot be loaded now for lack of memory has loaded when it did.

    Raises:
        Cancelled: it says nothing of the copy.
    """
    if not root.backup(backup.path).exists():
        missing = f"{root.backup(backup.path)} is not there any more."
        return CopyState(condition=Condition.GONE, message=missing)
    try:
        state = copying.check(root, backup, means, progress)
    except Damaged as error:
        return CopyState(condition=Condition.DAMAGED, loaded_at=before.loaded_at, message=error.message)
    except NotLoadable as error:
        return CopyState(condition=Condition.WHOLE, verified_at=utc_now(), message=f"{backup.id}: {error.message}")
    except OSError as error:
        return CopyState(condition=Condition.DAMAGED, loaded_at=before.loaded_at, message=f"{backup.id}: {error}.")
    return msgspec.structs.replace(state, loaded_at=state.loaded_at or before.loaded_at)
