"""Makes the rows of backups and the folders in the home agree, for a new host and after the trash gave one back."""

import logging

import msgspec

from backend.backup import folder as backup_folder
from backend.backup.root import home_root
from backend.domain.backup import Backup, CopyState
from backend.domain.version import Condition
from backend.errors import Damaged
from backend.paths import Home
from backend.store.backups import THERE
from backend.store.store import Store

log = logging.getLogger(__name__)
UNRECORDED = "It was taken by a program that ended before it was recorded; verify it."
BACK = "It was away and is back; verify it."


def reconcile(home: Home, store: Store) -> list[str]:
    """Record folders without a row, and rows whose folder came or went. Doing it twice equals doing it once.

    A folder has its name only once it was verified, but nobody knows when: its state says that it is to be verified.

    Returns:
        What people want to know of it.
    """
    root = home_root(home)
    known = {one.id: one for one in store.backups.ever()}
    told: list[str] = []
    with store.atomic():
        folders = {path.name: path for path in backup_folder.all_in(root)}
        for name, path in folders.items():
            if name not in known:
                try:
                    found = backup_folder.record_of(root, path)
                except Damaged as error:
                    log.warning("%s is not taken for a backup: %s", path, error)
                    continue
                state = CopyState(condition=Condition.WHOLE, message=UNRECORDED)
                store.backups.add(msgspec.structs.replace(found, here=state))
                told.append(f"{name} is a backup without a record; it is recorded now.")
            elif known[name].here.condition not in THERE:
                _put(store, known[name], CopyState(condition=Condition.WHOLE, message=BACK))
        trashed = {path.name for path in home.trash.iterdir()} if home.trash.is_dir() else set()
        for one in known.values():
            if one.here.condition in THERE and one.id not in folders:
                in_trash = any(name.startswith(f"backup-{one.id}-") for name in trashed)
                condition = Condition.TRASH if in_trash else Condition.GONE
                _put(store, one, CopyState(condition=condition, message=f"{root.backup(one.path)} is not there."))
                if condition is Condition.GONE:
                    told.append(f"{one.id} is not in its place any more.")
    return told


def _put(store: Store, backup: Backup, state: CopyState) -> None:
    store.backups.put_states(msgspec.structs.replace(backup, here=state))
