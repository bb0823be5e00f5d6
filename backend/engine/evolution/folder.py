"""The folder of the run as the engine sees it: what was taken before, and writing what is new."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from backend import files
from backend.domain.snapshot import LeftOut, Snapshot
from backend.errors import Damaged
from backend.evolution import folder as places
from backend.evolution.snapshot import encoded


class RunFolder:
    """Made with the first file. What is there is kept, and never written again."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        return self.path.name

    def has(self, step: int) -> bool:
        """Whether the snapshot of a step is on disk."""
        return step in places.steps(self.path)

    def is_complete(self, step: int) -> bool:
        """Whether nothing was left out of a snapshot for want of time. Raises Damaged."""
        missing = (LeftOut.BUDGET, LeftOut.INTERRUPTED)
        return all(one.left_out not in missing for one in places.read(self.place(step)).examples)

    def holds(self, name: str) -> bool:
        """Whether another of its files is on disk."""
        return (self.path / name).is_file()

    def snapshots(self, warn: Callable[[str], object]) -> list[Snapshot]:
        """In order of steps. One that cannot be read is passed over."""
        found = []
        for path in places.steps(self.path).values():
            try:
                found.append(places.read(path))
            except Damaged as error:
                warn(f"A snapshot is passed over. {error.message}")
            except OSError as error:
                warn(f"The snapshot {path} cannot be read ({error.strerror}).")
        return found

    def place(self, step: int) -> Path:
        return places.place(self.path, step)

    def write(self, path: Path, record: msgspec.Struct) -> str:
        """Whole or not at all, read-only. Returns the SHA-256. Raises NoSpace before anything is written, or in it."""
        content = encoded(record)
        files.make_folder(self.path)
        files.require_space(self.path, len(content))
        return files.write(path, content, mode=0o444)
