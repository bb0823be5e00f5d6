"""Copies an artefact into a root: hashed as it passes, read back from disk and loaded before it takes its name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from backend import files
from backend.backup import folder as backup_folder
from backend.backup.root import Root
from backend.backup.source import Source
from backend.backup.trial import NotLoadable, Trial
from backend.clock import utc_now
from backend.domain.backup import Backup, BackupCard, BackupType, CopyState
from backend.domain.version import Condition, Parent
from backend.errors import Damaged
from backend.operations.work import Progress

Try = Callable[[Path, Path | None, Progress], Trial]
"""Loads a base with an adapter, or alone; raises NotLoadable."""


class SourceDamaged(Damaged):
    """What was to be copied is not what was recorded of it; the copy is not to blame."""


@dataclass(frozen=True)
class Means:
    """What copying needs beside files."""

    try_once: Try
    put_away: Callable[[Path, str, str], object]
    """Moves a path into the trash of its file system, given its kind and what it was."""


def take(root: Root, source: Source, card: BackupCard, means: Means, progress: Progress) -> Backup:
    """Copy `source` under the name that the card gives; the card's hashes and bytes are filled in here.

    Raises:
        Damaged: the source is not what was recorded of it; the message names the file.
        NoSpace: with the bytes needed.
        NotLoadable: it does not load. Only of an emergency the copy stays.
        OSError: a file went away meanwhile, or the disk failed. Nothing is left of the copy in any such case.
    """
    require_room(root, [source.folder], source.parent, source.parent_folder)
    made = _bring_base(root, source.parent, source.parent_folder, means, progress)
    base = None if source.parent is None else root.base(source.parent)
    target = root.of_type(card.type) / card.id
    try:
        with files.staged(target, sealed=True, own_sums=True) as staging:
            hashes = _copy_content(source, staging / backup_folder.CONTENT, progress)
            whole = _filled(card, hashes, files.size_of(staging))
            hashes[backup_folder.METADATA] = backup_folder.write_card(staging, whole)
            hashes[files.SUMS] = files.write(staging / files.SUMS, files.sums_of(staging, hashes))
            _require_complete(staging, hashes)
            state = _loaded(staging, whole, base, means, progress)
    except BaseException:
        if made and source.parent is not None:
            drop_unused_base(root, source.parent)
        raise
    return Backup(
        sequence=0,
        card=whole,
        path=target.relative_to(root.folder).as_posix(),
        sums_sha256=files.sha256(target / files.SUMS),
        here=state,
    )


def mirror(origin: Root, root: Root, backup: Backup, means: Means, progress: Progress) -> CopyState:
    """Copy a backup from one root into another as it is, verified and loaded there. Errors as of `take`."""
    parent = backup.card.base
    source = origin.backup(backup.path)
    source_base = None if parent is None else origin.base(parent)
    base = None if parent is None else root.base(parent)
    require_room(root, [source], parent, source_base)
    made = _bring_base(root, parent, source_base, means, progress)
    try:
        with files.staged(root.backup(backup.path), sealed=True, own_sums=True) as staging:
            _copy_listed(source, backup.sums_sha256, staging, f"copying to {root.folder}", progress)
            files.listed(staging, backup.sums_sha256)
            state = _loaded(staging, backup.card, base, means, progress)
    except BaseException:
        if made and parent is not None:
            drop_unused_base(root, parent)
        raise
    return state


def require_room(root: Root, folders: list[Path], parent: Parent | None, parent_folder: Path | None) -> None:
    """Raises NoSpace where the root's disk has too little for a copy of these and of a base that it lacks."""
    files.make_folder(root.folder)
    files.require_space(root.folder, bytes_of(root, folders, parent, parent_folder))


def bytes_of(root: Root, folders: list[Path], parent: Parent | None, parent_folder: Path | None) -> int:
    """What a copy of these takes, with the base where the root lacks it."""
    lacks = parent is not None and parent_folder is not None and not root.base(parent).exists()
    return sum(files.size_of(place) for place in (*folders, *([parent_folder] if lacks and parent_folder else [])))


def check(root: Root, backup: Backup, means: Means, progress: Progress) -> CopyState:
    """Read a copy and its base back from disk and load it.

    Raises:
        Damaged: the message names the file.
        NotLoadable: its bytes are whole, and still it does not load.
    """
    card = backup.card
    folder = root.backup(backup.path)
    if card.base is not None:
        _verify(root.base(card.base), card.base.sha256, f"reading back {card.base.base}", progress)
    base = None if card.base is None else root.base(card.base)
    _verify(folder, backup.sums_sha256, f"reading {card.of} back from the disk", progress)
    return _loaded(folder, card, base, means, progress)


def _loaded(folder: Path, card: BackupCard, base: Path | None, means: Means, progress: Progress) -> CopyState:
    """The state of a copy that was just read back, after it was loaded too."""
    verified_at = utc_now()
    model = backup_folder.model_of(card, folder, base)
    if model is None:
        return CopyState(condition=Condition.WHOLE, verified_at=verified_at)
    progress.step(f"loading {card.of} once")
    try:
        trial = means.try_once(*model, progress)
    except NotLoadable as error:
        if card.type is not BackupType.EMERGENCY:
            raise
        # Better a copy of what there is than none: it is whole byte for byte, and its state says that it does not load.
        trial = Trial(message=error.message)
    return CopyState(
        condition=Condition.WHOLE, verified_at=verified_at, loaded_at=trial.loaded_at, message=trial.message
    )


def _verify(folder: Path, sums: str | None, text: str, progress: Progress) -> None:
    progress.step(text, files.size_of(folder))
    files.verify(folder, sums, from_disk=True, heed=progress.heed)


def _filled(card: BackupCard, hashes: dict[str, str], size: int) -> BackupCard:
    return msgspec.structs.replace(
        card,
        content_sha256=hashes[f"{backup_folder.CONTENT}/{files.SUMS}"],
        bytes=size,
        files=dict(sorted(hashes.items())),
    )


def _require_complete(staging: Path, hashes: dict[str, str]) -> None:
    """What was copied was read back on the way; what was written here about it is read back now."""
    files.listed(staging, hashes[files.SUMS])
    for name in (backup_folder.METADATA, files.SUMS, f"{backup_folder.CONTENT}/{files.SUMS}"):
        if files.sha256(staging / name, from_disk=True) != hashes[name]:
            raise Damaged(f"{staging / name} does not hold what was written to it.", "The disk fails.")


def _copy_content(source: Source, content: Path, progress: Progress) -> dict[str, str]:
    """SHA-256 of every copied file, by its name inside the backup."""
    text = f"copying {source.of}"
    if source.sums_sha256 is None:
        hashes = _copy_all(source.folder, content, text, progress)
        sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items())).encode()
        hashes[files.SUMS] = files.write(content / files.SUMS, sums)
    else:
        hashes = _copy_listed(source.folder, source.sums_sha256, content, text, progress)
    return {f"{backup_folder.CONTENT}/{name}": digest for name, digest in hashes.items()}


def _copy_listed(source: Path, sums_sha256: str, target: Path, text: str, progress: Progress) -> dict[str, str]:
    """Copy an artefact that has sums of its own, which every byte must match; each file is read back from the disk."""
    try:
        recorded = files.listed(source, sums_sha256)
    except Damaged as error:
        raise SourceDamaged(error.message, error.hint) from error
    hashes = _copy_all(source, target, text, progress)
    for name, digest in recorded.items():
        if hashes.get(name) != digest:
            raise SourceDamaged(
                f"{source / name} does not match its recorded hash; it is not backed up as a good one.",
                "Restore it from an earlier backup.",
            )
    if hashes.get(files.SUMS) != sums_sha256:
        raise SourceDamaged(f"{source / files.SUMS} was altered meanwhile.", "Try again.")
    return hashes


def _copy_all(source: Path, target: Path, text: str, progress: Progress) -> dict[str, str]:
    progress.step(text, files.size_of(source))
    hashes = {}
    files.make_folder(target)
    for path in _files_of(source):
        name = path.relative_to(source)
        files.make_folder((target / name).parent)
        hashes[name.as_posix()] = files.copy(path, target / name, progress.heed, from_disk=True)
    return hashes


def _files_of(folder: Path) -> Iterator[Path]:
    """Whole ones: what somebody is writing has a temporary name that begins with a dot and ends in .tmp."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not (path.name.startswith(".") and path.name.endswith(".tmp")):
            yield path


def _bring_base(root: Root, parent: Parent | None, source: Path | None, means: Means, progress: Progress) -> bool:
    """See that the root holds the base, whole; True where it was copied now. A damaged one there is put away first."""
    if parent is None or source is None:
        return False
    place = root.base(parent)
    if place.exists():
        try:
            _verify(place, parent.sha256, f"reading back {parent.base}", progress)
        except Damaged:
            means.put_away(place, "base", place.name)
        else:
            return False
    with files.staged(place, sealed=True, own_sums=True) as staging:
        _copy_listed(source, parent.sha256, staging, f"copying {parent.base}", progress)
        files.listed(staging, parent.sha256)
    return True


def drop(root: Root, backup: Backup) -> None:
    """Take back a copy that was never recorded, and its base where nothing else needs it."""
    if root.backup(backup.path).exists():
        files.discard(root.backup(backup.path))
    if backup.card.base is not None:
        drop_unused_base(root, backup.card.base)


def drop_unused_base(root: Root, parent: Parent) -> None:
    """Remove a base that was brought for a copy that came to nothing."""
    if root.base(parent).exists() and root.base(parent) not in needed_bases(root):
        files.discard(root.base(parent))


def needed_bases(root: Root) -> set[Path]:
    """What the backups that lie in the root refer to, and those in a trash, which may be brought back.

    A card that cannot be read may need any: then all are. On a file system of its own the root has its trash above it.
    """
    needed = set()
    trashes = {root.trash, *(above / root.trash.name for above in root.folder.parents)}
    for place in (*backup_folder.all_in(root), *(path for trash in trashes for path in trash.glob("backup-*"))):
        try:
            parent = backup_folder.card_in(place).base
        except Damaged:
            return set(root.bases.iterdir()) if root.bases.is_dir() else set()
        if parent is not None:
            needed.add(root.base(parent))
    return needed


def copy_whole(source: Path, sums_sha256: str, target: Path, name: str, progress: Progress) -> None:
    """Copy a folder that has sums of its own to a place where nothing is, durably, read back from disk.

    Raises:
        Damaged: a byte of the source, or of the copy, is not what was recorded.
    """
    with files.staged(target, sealed=True, own_sums=True) as staging:
        _copy_listed(source, sums_sha256, staging, f"bringing back {name}", progress)
        files.listed(staging, sums_sha256)
