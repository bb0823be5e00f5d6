"""The list of what was frozen: for each file of the bundle, where it came from."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAME = "bundled.json"


@dataclass(frozen=True)
class Bundled:
    """One file or module. `place` is its path in the bundle, or a module's name; `source` the file it was made from."""

    place: str
    source: Path


def write(folder: Path, entries: Iterable[tuple[str, str, str]]) -> None:
    """Keep PyInstaller's lists in its work folder.

    Left out is what is nobody's: entries without a file, links, and what PyInstaller made from Python's own files.
    """
    rows = sorted(
        {
            (place, source)
            for place, source, kind in entries
            if kind != "SYMLINK" and source not in ("", "-") and not Path(source).is_relative_to(folder)
        }
    )
    (folder / NAME).write_text(json.dumps(rows, indent=0), encoding="utf-8")


def read(folder: Path) -> list[Bundled]:
    return [Bundled(place, Path(source)) for place, source in json.loads((folder / NAME).read_text(encoding="utf-8"))]
