"""How large the results are, against what we promise (issue of the installer; a workstation owner downloads this)."""

import os
from dataclasses import dataclass
from pathlib import Path

UNPACKED_LIMIT = 1_100_000_000
PACKAGE_LIMIT = 450_000_000
LARGEST = 8


@dataclass(frozen=True)
class Part:
    """A folder or file of the bundle."""

    name: str
    bytes: int

    def __str__(self) -> str:
        return f"{self.bytes / 1e6:8.1f} MB  {self.name}"


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; names that link to another file weigh nothing."""
    if not path.is_dir():
        return path.stat().st_size
    return sum(
        (Path(folder) / name).lstat().st_size
        for folder, _, names in os.walk(path)
        for name in names
        if not (Path(folder) / name).is_symlink()
    )


def largest(bundle: Path) -> list[Part]:
    """The heaviest parts, heaviest first: the program and each entry beside it and in _internal."""
    entries = [*(bundle / "_internal").iterdir(), *(entry for entry in bundle.iterdir() if entry.name != "_internal")]
    parts = [Part(entry.name, size_of(entry)) for entry in entries if not entry.is_symlink()]
    return sorted(parts, key=lambda part: -part.bytes)[:LARGEST]


def too_large(bundle: Path, package: Path | None) -> list[str]:
    """What breaks the promise, in words; empty where nothing does."""
    checked = [(bundle, UNPACKED_LIMIT)] + ([(package, PACKAGE_LIMIT)] if package else [])
    return [
        f"{path.name} has {size_of(path) / 1e6:,.0f} MB, {limit / 1e6:,.0f} are allowed"
        for path, limit in checked
        if size_of(path) > limit
    ]
