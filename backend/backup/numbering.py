"""A version's backup becomes a version of its own, under a number of its own, where the old one is still there."""

from pathlib import Path

import msgspec

from backend import files
from backend.backup.recording import version_in
from backend.clock import utc_now
from backend.domain.version import Version
from backend.errors import Damaged
from backend.operations.work import Progress
from backend.paths import Home
from backend.versions import folder as places


def bring_as_new(home: Home, source: Path, backup: str, number: int, progress: Progress) -> Version:
    """Copy the files, and write a card that says where they come from; one that a killed host made is read back first.

    Raises:
        NoSpace: with the bytes needed; nothing is left.
        Damaged: what was written is not what lies on the disk.
    """
    for place in places.all_in(home.versions):
        if places.number_of(place.name) == number:
            try:
                places.verify(place, heed=progress.heed)
            except Damaged:
                files.discard(place)
            else:
                return version_in(home, place)
    card = places.card_of(source)
    now = utc_now()
    new = msgspec.structs.replace(
        card, id=places.id_of(number), number=number, created_at=now, restored_from=backup, files={}
    )
    target = home.versions / places.name_of(number, now, card.slug)
    files.require_space(home.versions, files.size_of(source))
    hashes: dict[str, str] = {}
    with files.staged(target, hashes=hashes, sealed=True) as staging:
        progress.step(f"bringing it back as {new.id}", files.size_of(source))
        for path in sorted(source.rglob("*")):
            name = path.relative_to(source)
            if path.is_file() and name.as_posix() not in (files.SUMS, places.METADATA):
                files.make_folder((staging / name).parent)
                files.copy(path, staging / name, progress.heed)
        hashes.update(places.write_card(staging, new))
    try:
        places.verify(target, heed=progress.heed)
    except BaseException:
        files.discard(target)
        raise
    return version_in(home, target)
