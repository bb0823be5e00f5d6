"""The run's ledger: one line for each optimizer step, so that every sample seen can be proven (semantics.md 18)."""

import hashlib
from pathlib import Path

import msgspec

from backend import files
from backend.errors import Damaged


class StepEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One optimizer step. `samples` are line numbers of the dataset, counted from 1."""

    step: int
    segment: int
    samples: tuple[int, ...]
    loss: float
    learning_rate: float
    tokens: int
    supervised: int


class BudgetEntry(msgspec.Struct, frozen=True, kw_only=True):
    """From this step on the token budget of a micro-batch is another one."""

    step: int
    segment: int
    token_budget: int


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the ledger a checkpoint covers."""

    bytes: int = 0
    sha256: str = hashlib.sha256().hexdigest()


class Ledger:
    """Appends, and knows at any time how far it reaches and what its bytes hash to."""

    def __init__(self, path: Path, mark: Mark) -> None:
        """Open the ledger as it was at `mark`; what was written later is cut off.

        Raises:
            Damaged: the file is shorter than the mark, or its bytes are others.
        """
        self._path = path
        files.make_folder(path.parent)
        content = path.read_bytes() if path.exists() else b""
        kept = content[: mark.bytes]
        self._digest = hashlib.sha256(kept)
        self._bytes = len(kept)
        if self.mark != mark:
            raise Damaged(f"{path} does not hold what the checkpoint recorded of it.", "Take the checkpoint before it.")
        if kept != content or not path.exists():
            files.write(path, kept)

    def append(self, entry: StepEntry | BudgetEntry) -> None:
        """Durable only after `sync`."""
        line = msgspec.json.encode(entry)
        files.append_line(self._path, line)
        self._digest.update(line + b"\n")
        self._bytes += len(line) + 1

    def sync(self) -> Mark:
        """Make all lines durable and say how far they reach."""
        files.sync_file(self._path)
        return self.mark

    @property
    def mark(self) -> Mark:
        return Mark(bytes=self._bytes, sha256=self._digest.hexdigest())
