"""Checks of versions, of backups in both places, of daily snapshots, and of folders that nobody knows."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from backend import files, settings
from backend.backup import folder as backup_folder
from backend.backup.root import Root, home_root, problem_of, second_root
from backend.domain.backup import Backup, CopyState, Place
from backend.domain.version import Condition
from backend.errors import Damaged, UserError
from backend.health.check import Check, Watch, fault_of
from backend.health.folders import folders
from backend.locks import is_held
from backend.paths import Home
from backend.store.store import Store
from backend.versions import folder as version_folder
from backend.versions import tags

TAKE_IN = "`espalier doctor --rebuild` takes it in where it is whole; else move it elsewhere."
THERE = (Condition.WHOLE, Condition.DAMAGED)


def keeping_checks(home: Home, store: Store, watch: Watch) -> Iterator[Check]:
    """Every byte is read back."""
    yield from versions(home, store, watch)
    dailies = store.dailies.all()
    yield from folders(
        "dailies", [(f"daily {daily.day}", home.root / daily.path, daily.sums_sha256) for daily in dailies], watch
    )
    yield from backups(home, store, watch)
    if not is_held(home.host_lock):  # a host is just making one, perhaps
        yield from strangers(home, store)


def versions(home: Home, store: Store, watch: Watch) -> Iterator[Check]:
    """Also that metadata.json lists what SHA256SUMS does, and that the files say the tags that the database says."""
    whole, every = 0, store.versions.all()
    for version in every:
        try:
            version_folder.verify(home.root / version.path, version.sums_sha256, watch(f"version {version.id}"))
            whole += 1
        except UserError as error:
            yield fault_of(f"version {version.id}", error)
    yield Check(name="versions", ok=True, text=f"{whole} of {len(every)} verified, every byte read back")
    try:
        told = tags.load(home)
    except UserError as error:
        yield fault_of("tags", error)
    else:
        for version in every:
            if told.get(version.id, version.card.tags) != version.tags:
                text = f"{home.version_tags} gives {version.id} other tags than the database"
                hint = f"`espalier version tag {version.id}` writes them anew."
                yield Check(name=f"tags {version.id}", ok=False, text=text, hint=hint)


def backups(home: Home, store: Store, watch: Watch) -> Iterator[Check]:
    every = store.backups.all()
    yield from _in_root("backups", home_root(home), [(one, one.here) for one in every], watch)
    chosen = settings.load(home).backup
    second = second_root(chosen)
    if second is None:
        return
    if problem := problem_of(home, chosen):
        yield Check(name="second location", ok=True, text=problem, hint="Its backups were not read.")
        return
    there = [(one, one.second) for one in every if one.second is not None]
    yield from _in_root("second location", second, there, watch)


def strangers(home: Home, store: Store) -> Iterator[Check]:
    """What lies in its place, with its name, and no row knows."""
    known = {stored.checkpoint.path for stored in store.checkpoints.ever()}
    known |= {version.path for version in store.versions.all()} | {daily.path for daily in store.dailies.all()}
    found = [path for path in home.runs.glob("*/checkpoints/*") if path.name.isdecimal()]
    found += version_folder.all_in(home.versions)
    found += [path for path in home.snapshots.glob("*") if not path.name.startswith(".")]
    lost = [path for path in found if path.relative_to(home.root).as_posix() not in known]
    paths = {one.path for one in store.backups.ever()}
    root = home_root(home)
    lost += [path for path in backup_folder.all_in(root) if path.relative_to(root.folder).as_posix() not in paths]
    for path in sorted(lost):
        yield Check(name="unknown", ok=False, text=f"{path} is known to nobody", hint=TAKE_IN)


def _in_root(what: str, root: Root, copies: Sequence[tuple[Backup, CopyState | None]], watch: Watch) -> Iterator[Check]:
    there = [backup for backup, state in copies if state is not None and state.condition in THERE]
    bases = {root.base(one.card.base): one.card.base for one in there if one.card.base is not None}
    whole = 0
    for base, parent in sorted(bases.items()):
        try:
            files.verify(base, parent.sha256, from_disk=True, heed=watch(f"base {base.name} of {what}"))
        except UserError as error:
            yield fault_of(f"base {base.name}", error)
    for backup in there:
        try:
            _verify(root, backup, watch(f"backup {backup.id}"))
            whole += 1
        except UserError as error:
            other = "home" if root.place is Place.SECOND else "second location"
            hint = f"Another copy may lie in the {other}: `espalier backup list`."
            yield Check(name=f"backup {backup.id}", ok=False, text=error.message, hint=hint)
    yield Check(name=what, ok=True, text=f"{whole} of {len(there)} verified, every byte read back")


def _verify(root: Root, backup: Backup, heed: files.Heed) -> None:
    """Raises Damaged."""
    folder: Path = root.backup(backup.path)
    files.verify(folder, backup.sums_sha256, from_disk=True, heed=heed)
    listed = files.listed(folder)
    listed.pop(backup_folder.METADATA, None)
    if listed != backup_folder.read(folder).files:
        raise Damaged(f"{folder / backup_folder.METADATA} lists other files than {files.SUMS}.", "Take another backup.")
