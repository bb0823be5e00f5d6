"""What an artefact folder says of itself, checked without the application: every file against SHA256SUMS."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

SUMS = "SHA256SUMS"


def damage(folder: Path, sums_sha256: str | None = None) -> Iterator[str]:
    """What differs from the list of hashes, and whether the list is the one that was recorded."""
    sums = folder / SUMS
    if not sums.is_file():
        yield f"{SUMS} is missing"
        return
    if sums_sha256 is not None and hash_of(sums) != sums_sha256:
        yield f"{SUMS} is not the one that was recorded"
    listed = dict(line.split("  ", 1)[::-1] for line in sums.read_text(errors="replace").splitlines() if "  " in line)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not is_folder(path)} - {SUMS}
    for name in sorted(found ^ set(listed)):
        yield f"{name} is {'not listed' if name in found else 'missing'}"
    for name in sorted(found & set(listed)):
        if (folder / name).is_symlink() or not (folder / name).is_file():
            yield f"{name} is no plain file"
        elif hash_of(folder / name) != listed[name]:
            yield f"{name} holds other bytes"


def is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def hash_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def leads_to(name: Path) -> Path | None:
    """Where a link, or the file that stands for one where links do not exist, leads."""
    if name.is_symlink():
        return name.parent / name.readlink()
    pointer = name / "path.txt"
    return Path(pointer.read_text().strip()) if pointer.is_file() else None


def inodes(folder: Path) -> frozenset[tuple[int, int]]:
    """Of every file: two copies that share one are one copy."""
    states = (path.stat() for path in folder.rglob("*") if path.is_file())
    return frozenset((state.st_dev, state.st_ino) for state in states)
