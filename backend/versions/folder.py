"""The folder of a version: its name, its card, and reading it back."""

import re
from pathlib import Path

import msgspec

from backend import files
from backend.clock import in_names
from backend.domain.version import FileEntry, Version, VersionCard
from backend.errors import Damaged
from backend.paths import Home
from backend.versions import tags

METADATA = "metadata.json"
ADAPTER = "adapter"
"""The adapter that made it: provenance against its parent, never loaded on the version's own weights."""
EVOLUTION = "evolution"
"""One folder for each run whose training it holds since its parent."""
NAME = re.compile(r"v([0-9]{3,9})_[0-9]{8}_[0-9]{6}_[a-z0-9-]{1,60}")
_OTHER = "Take another version, or bring this one back from a backup."


def id_of(number: int) -> str:
    """For example v001."""
    return f"v{number:03d}"


def name_of(number: int, created_at: str, slug: str) -> str:
    """The folder's name, vNNN_YYYYMMDD_HHMMSS_slug; `created_at` is UTC, ISO 8601."""
    return f"{id_of(number)}_{in_names(created_at)}_{slug}"


def number_of(name: str) -> int | None:
    """The number that a folder's name gives; None where it is no version's name."""
    found = NAME.fullmatch(name)
    return int(found[1]) if found else None


def all_in(root: Path) -> list[Path]:
    """The folders of versions below `root`, in the order of their numbers."""
    if not root.is_dir():
        return []
    found = [path for path in root.iterdir() if number_of(path.name) is not None and path.is_dir()]
    return sorted((path for path in found if not path.is_symlink()), key=lambda path: (number_of(path.name), path.name))


def write_card(staging: Path, card: VersionCard) -> dict[str, str]:
    """Write metadata.json, which lists every other file, as the last one into a staging folder.

    Returns:
        SHA-256 by relative name, of every file, for `files.staged(hashes=…)`.
    """
    listed = {
        path.relative_to(staging).as_posix(): FileEntry(bytes=path.stat().st_size, sha256=files.sha256(path))
        for path in sorted(staging.rglob("*"))
        if path.is_file()
    }
    whole = msgspec.structs.replace(card, files=listed)
    digest = files.write(staging / METADATA, msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n")
    return {name: entry.sha256 for name, entry in listed.items()} | {METADATA: digest}


def card_of(folder: Path) -> VersionCard:
    """What a version's folder says of itself; nothing else in it is read. Raises Damaged."""
    try:
        return msgspec.json.decode((folder / METADATA).read_bytes(), type=VersionCard)
    except (OSError, UnicodeError, msgspec.MsgspecError) as error:
        raise Damaged(f"{folder / METADATA} cannot be read: {error}.", _OTHER) from error


def verify(folder: Path, sums_sha256: str | None = None, heed: files.Heed = files.nobody) -> VersionCard:
    """Read every byte of a version back from disk; returns its card.

    Raises:
        Damaged: a file is missing, altered, or covered by neither list; the message names it.
    """
    try:
        listed = files.verify(folder, sums_sha256, from_disk=True, heed=heed)
    except Damaged as error:
        raise Damaged(error.message, _OTHER) from error
    card = card_of(folder)
    if card.kind != "version" or card.number != number_of(folder.name) or card.id != id_of(card.number):
        raise Damaged(f"{folder / METADATA} is that of {card.kind} {card.id}.", _OTHER)
    del listed[METADATA]
    told = {name: entry.sha256 for name, entry in card.files.items()}
    for name in sorted(told.keys() | listed.keys()):
        if told.get(name) != listed.get(name):
            raise Damaged(f"{folder / name} is not what {METADATA} lists.", _OTHER)
    return card


def read(home: Home, folder: Path, heed: files.Heed = files.nobody) -> Version:
    """A version's folder, every byte read back. Raises Damaged."""
    card = verify(folder, heed=heed)
    return Version(
        card=card,
        path=folder.relative_to(home.root).as_posix(),
        sums_sha256=files.sha256(folder / files.SUMS),
        bytes=files.size_of(folder),
        tags=tags.of(home, card),
    )
