"""Takes in what lies in its place and no row knows: bases, versions, daily snapshots and backups, each verified."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from backend import files, settings
from backend.backup import folder as backup_folder
from backend.backup.root import Root, home_root, second_root
from backend.clock import utc_now
from backend.daily import copy as daily_copy
from backend.domain.backup import Backup, CopyState, Place
from backend.domain.head import Base
from backend.domain.version import Condition
from backend.errors import Damaged, UserError
from backend.health.check import Check
from backend.library.folder import describe
from backend.library.shelf import STARTER
from backend.paths import Home, starter_folder
from backend.store.store import Store
from backend.versions import folder as version_folder
from backend.versions import records


def take_bases(home: Home, store: Store) -> Iterator[Check]:
    """Bases of the library, and versions, which are bases too. A home that was moved finds its own again."""
    _follow_moved(home, store)
    known = {base.path for base in store.bases.all()}
    for folder in _artefacts(home.bases):
        if str(folder) not in known:
            yield from _base(store, folder, _free_slug(store, _slug_of(folder)))
    starter = starter_folder()
    if store.bases.find(STARTER) is None and (starter / files.SUMS).exists():
        yield from _base(store, starter, STARTER)


def take_versions(home: Home, store: Store) -> Iterator[Check]:
    """Versions, with what makes each a base of the library; also one that is gone by its row, and lies in its place."""
    known = {version.card.number for version in store.versions.all()}
    for folder in version_folder.all_in(home.versions):
        if version_folder.number_of(folder.name) in known:
            continue
        try:
            version = version_folder.read(home, folder)
        except Damaged as error:
            yield _wrong(f"version {folder.name}", error)
            continue
        records.put(home, store, msgspec.structs.replace(version, verified_at=utc_now()))
        yield Check(name=f"version {version.id}", ok=True, text=f"taken in from {folder}")


def take_dailies(home: Home, store: Store) -> Iterator[Check]:
    known = {daily.path for daily in store.dailies.all()}
    for folder in _artefacts(home.snapshots):
        if folder.relative_to(home.root).as_posix() in known:
            continue
        try:
            daily = daily_copy.read(home, folder)
        except Damaged as error:
            yield _wrong(f"daily {folder.name}", error)
            continue
        if store.dailies.known(daily.sequence):
            daily = msgspec.structs.replace(daily, sequence=store.dailies.last_sequence() + 1)
        store.dailies.add(daily)
        yield Check(name=f"daily {daily.day}", ok=True, text=f"taken in from {folder}")


def take_backups(home: Home, store: Store) -> Iterator[Check]:
    """Backups in both places, in the order in which they say they were made."""
    try:
        second = second_root(settings.load(home).backup)
    except UserError as error:
        yield _wrong("second location", error)
        second = None
    for root in (home_root(home), *([second] if second is not None else [])):
        found: list[tuple[str, Path, Backup]] = []
        for folder in backup_folder.all_in(root):
            if not _is_known(store, root, folder):
                try:
                    files.verify(folder)
                    backup = backup_folder.record_of(root, folder)
                except Damaged as error:
                    yield _wrong(f"backup {folder.name}", error)
                else:
                    found.append((backup.card.created_at, folder, backup))
        for _, folder, backup in sorted(found, key=lambda one: (one[0], one[1])):
            _put_backup(store, root, backup)
            yield Check(name=f"backup {backup.id}", ok=True, text=f"taken in from {folder}")


def explain_bases(home: Home, store: Store) -> Iterator[Check]:
    """A row for each base that something stands on and nobody has; it is a fault until the base is added again."""
    for slug in store.cards.unknown_bases():
        path = home.bases / slug
        store.bases.put(Base(slug=slug, path=str(path), sha256=""))
        hint = f"Add the model again, or bring its folder back to {path} from a backup."
        yield Check(name=f"base {slug}", ok=False, text=f"{slug} is needed, and its folder is not there", hint=hint)


def _artefacts(root: Path) -> list[Path]:
    """Whole folders with sums of their own."""
    if not root.is_dir():
        return []
    found = (path for path in root.iterdir() if path.is_dir() and not path.is_symlink())
    return sorted(path for path in found if not path.name.startswith(".") and (path / files.SUMS).is_file())


def _base(store: Store, folder: Path, slug: str) -> Iterator[Check]:
    try:
        store.bases.put(describe(folder, slug))
    except Damaged as error:
        yield _wrong(f"base {slug}", error)


def _follow_moved(home: Home, store: Store) -> None:
    for base in store.bases.all():
        if not Path(base.path).exists():
            places = (root / Path(base.path).name for root in (home.bases, home.versions))
            for place in places:
                if place.is_dir():
                    store.bases.put(msgspec.structs.replace(base, path=str(place)))


def _slug_of(folder: Path) -> str:
    """A base's folder is named by its slug and eight digits of its hash."""
    return folder.name.rpartition("-")[0] or folder.name


def _free_slug(store: Store, slug: str) -> str:
    number, free = 1, slug
    while store.bases.find(free) is not None:
        number += 1
        free = f"{slug}-{number}"
    return free


def _is_known(store: Store, root: Root, folder: Path) -> bool:
    backup = store.backups.find(folder.name)
    return backup is not None and (root.place is Place.HOME or backup.second is not None)


def _put_backup(store: Store, root: Root, backup: Backup) -> None:
    state = CopyState(condition=Condition.WHOLE, verified_at=utc_now())
    known = store.backups.find(backup.id)
    if known is not None:
        store.backups.put_states(msgspec.structs.replace(known, second=state))
    elif root.place is Place.HOME:
        store.backups.add(msgspec.structs.replace(backup, here=state))
    else:
        gone = CopyState(condition=Condition.GONE)
        store.backups.add(msgspec.structs.replace(backup, here=gone, second=state))


def _wrong(name: str, error: UserError) -> Check:
    return Check(name=name, ok=False, text=error.message, hint=error.hint)
