"""Brings what a backup holds back to its place in the home: whole there, or as before; never over what is whole."""

import shutil
from collections.abc import Callable
from pathlib import Path

from backend import files
from backend.backup import copying
from backend.errors import Damaged
from backend.leftovers import RESTORED
from backend.operations.work import Progress

PutAway = Callable[[Path, str, str], object]


def bring(source: Path, sums_sha256: str, place: Path, kind: str, put_away: PutAway, progress: Progress) -> bool:
    """Copy a verified folder to its own place; a damaged one there is put away first. Doing it twice equals once.

    Returns:
        False where it was whole already, and nothing was done.

    Raises:
        NoSpace: with the bytes needed; what was there is there.
    """
    if is_whole(place, sums_sha256, progress):
        return False
    files.make_folder(place.parent)
    files.require_space(place.parent, files.size_of(source))
    coming = place.with_name(f".staging-{place.name}{RESTORED}")
    shutil.rmtree(coming, ignore_errors=True)
    copying.copy_whole(source, sums_sha256, coming, place.name, progress)
    if place.exists():
        _aside(place, kind, put_away)
    files.move(coming, place)
    return True


def is_whole(place: Path, sums_sha256: str, progress: Progress) -> bool:
    """Whether every byte there is as it was recorded, read from the disk."""
    if not place.is_dir():
        return False
    progress.step(f"reading {place.name} where it lies", files.size_of(place))
    try:
        files.verify(place, sums_sha256, from_disk=True, heed=progress.heed)
    except Damaged:
        return False
    return True


def bring_missing(source: Path, place: Path, progress: Progress) -> int:
    """Copy the files that are missing there, one by one, and leave all others alone; returns how many came."""
    progress.step(f"bringing back {place.name}", files.size_of(source))
    came = 0
    for path in sorted(source.rglob("*")):
        target = place / path.relative_to(source)
        if path.is_file() and path.name != files.SUMS and not target.exists():
            files.make_folder(target.parent)
            files.copy(path, target, progress.heed)
            came += 1
    return came


def _aside(place: Path, kind: str, put_away: PutAway) -> None:
    """The starter model lies outside the home, where no trash is: there it stays beside its place."""
    try:
        put_away(place, kind, place.name)
    except ValueError:
        number = next(n for n in range(1, 10_000) if not place.with_name(f"{place.name}.damaged-{n}").exists())
        files.move(place, place.with_name(f"{place.name}.damaged-{number}"))
