"""What the database knows of things in the trash: where each lay, and what became of it."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from backend.backup.root import BASES
from backend.clock import utc_now
from backend.domain.backup import CopyState
from backend.domain.trash import TrashEntry
from backend.domain.version import Condition
from backend.errors import WrongUse
from backend.paths import Home
from backend.protocol.keeping import BackupsChanged, VersionsChanged
from backend.store.dailies import Keeping
from backend.store.store import Store
from backend.versions import records

FROM = {Condition.WHOLE: (Condition.TRASH, Condition.GONE), Condition.GONE: (Condition.TRASH,)}
"""What something must be for it to become whole again, or be gone."""
KEEPING = {Condition.WHOLE: Keeping.WHOLE, Condition.GONE: Keeping.GONE}
Told = VersionsChanged | BackupsChanged


class Lay(msgspec.Struct, frozen=True, kw_only=True):
    """Where something lay before it was deleted, and what its SHA256SUMS must be."""

    path: str
    """Absolute."""
    sums_sha256: str | None
    """None where only the folder itself knows."""


class Rows:
    """What is written inside one call is committed by the caller."""

    def __init__(self, home: Home, store: Store) -> None:
        self._home = home
        self._store = store

    def lay(self, entry: TrashEntry) -> Lay:
        """Raises WrongUse where that is not known any more."""
        match entry.kind:
            case "version":
                version = self._store.versions.find(entry.of)
                if version is not None:
                    return Lay(path=str(self._home.root / version.path), sums_sha256=version.sums_sha256)
            case "backup":
                backup = self._store.backups.find(entry.of)
                if backup is not None:
                    return Lay(path=str(self._root(entry) / backup.path), sums_sha256=backup.sums_sha256)
            case "base":
                return Lay(path=str(self._root(entry) / BASES / entry.of), sums_sha256=None)
            case "daily":
                daily = self._store.dailies.put_away(entry.of)
                if daily is not None:
                    return Lay(path=str(self._home.root / daily.path), sums_sha256=daily.sums_sha256)
        raise WrongUse(
            f"Where {entry.name} lay is not known.", f"It lies in {entry.path}; move it to where you want it."
        )

    def mark(self, entries: Iterable[TrashEntry], condition: Condition) -> list[Told]:
        """They are whole again, or gone; returns what is to be told."""
        told: list[Told] = []
        for entry in entries:
            match entry.kind:
                case "version":
                    told += self._mark_version(entry.of, condition)
                case "backup":
                    told += self._mark_backup(entry, condition)
                case "daily":
                    daily = self._store.dailies.put_away(entry.of)
                    if daily is not None:
                        self._store.dailies.mark(daily.sequence, KEEPING[condition])
        return list(dict.fromkeys(told))

    def settle(self, entries: Iterable[TrashEntry]) -> list[Told]:
        """What is in the trash by its row and does not lie there is gone: its deletion was cut off."""
        lying = {(entry.kind, entry.of) for entry in entries if self._is_here(entry)}
        told: list[Told] = []
        for version in self._store.versions.ever():
            if version.condition is Condition.TRASH and ("version", version.id) not in lying:
                told += self._mark_version(version.id, Condition.GONE)
        for backup in self._store.backups.ever():
            if backup.here.condition is Condition.TRASH and ("backup", backup.id) not in lying:
                here = msgspec.structs.replace(backup.here, condition=Condition.GONE)
                self._store.backups.put_states(msgspec.structs.replace(backup, here=here))
                told.append(BackupsChanged())
        return list(dict.fromkeys(told))

    def _mark_version(self, name: str, condition: Condition) -> list[Told]:
        version = self._store.versions.find(name)
        if version is None or version.condition not in FROM[condition]:
            return []
        verified = utc_now() if condition is Condition.WHOLE else version.verified_at
        version = msgspec.structs.replace(version, condition=condition, verified_at=verified)
        if condition is Condition.WHOLE:
            records.put(self._home, self._store, version)
        else:
            self._store.versions.put(version)
        return [VersionsChanged()]

    def _mark_backup(self, entry: TrashEntry, condition: Condition) -> list[Told]:
        backup = self._store.backups.find(entry.of)
        copy = None if backup is None else backup.here if self._is_here(entry) else backup.second
        if backup is None or copy is None or copy.condition not in FROM[condition]:
            return []
        verified = utc_now() if condition is Condition.WHOLE else copy.verified_at
        state: CopyState = msgspec.structs.replace(copy, condition=condition, verified_at=verified, message="")
        changed = {"here": state} if self._is_here(entry) else {"second": state}
        self._store.backups.put_states(msgspec.structs.replace(backup, **changed))
        return [BackupsChanged()]

    def _root(self, entry: TrashEntry) -> Path:
        """The backup root whose trash it lies in."""
        return self._home.backups if self._is_here(entry) else Path(entry.path).parents[1]

    def _is_here(self, entry: TrashEntry) -> bool:
        return Path(entry.path).is_relative_to(self._home.root)
