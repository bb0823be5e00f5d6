"""A folder of token sequences mapped into memory; every byte is verified when it is opened."""

import mmap
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from backend import files
from backend.engine.tokens.encode import Ids, Mask
from backend.engine.tokens.layout import ARRAYS, CARD, HASH_BYTES, Card


class TokenSet:
    """The usable rows of one dataset as token sequences, mapped from disk; rows count from 0 in file order."""

    def __init__(self, folder: Path) -> None:
        """Raises Damaged where the folder does not match its sums."""
        files.verify(folder)
        card = msgspec.json.decode((folder / CARD).read_bytes(), type=Card)
        self.counts = card.counts
        self.bad = card.bad
        """The first refused lines; `counts.refused` counts them all."""
        self.warnings = card.warnings
        self.fingerprint = card.fingerprint
        """SHA-256 over ids, masks and the bounds of sequences and rows."""
        self._ids = _mapped(folder, "ids")
        self._mask = _mapped(folder, "mask")
        self._sequence_ends = _mapped(folder, "sequence_ends")
        self._row_ends = _mapped(folder, "row_ends")
        self.row_lines: npt.NDArray[np.int64] = _mapped(folder, "row_lines")
        """For each row its line in the file, which is the sample's id."""
        self._row_hashes = _mapped(folder, "row_hashes")

    @property
    def rows(self) -> int:
        return len(self._row_ends)

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each row, all its sequences together."""
        ends = np.concatenate(([0], self._sequence_ends))[np.concatenate(([0], self._row_ends))]
        return np.diff(ends)

    def row_hash(self, row: int) -> bytes:
        """16 bytes, equal for rows of equal content."""
        return self._row_hashes[row * HASH_BYTES : (row + 1) * HASH_BYTES].tobytes()

    def sequences(self, row: int) -> list[tuple[Ids, Mask]]:
        """Token ids and masks (True = learned) of a row, read-only views into the mapped files."""
        first = int(self._row_ends[row - 1]) if row else 0
        found = []
        for number in range(first, int(self._row_ends[row])):
            begin = int(self._sequence_ends[number - 1]) if number else 0
            end = int(self._sequence_ends[number])
            found.append((self._ids[begin:end], self._mask[begin:end]))
        return found


def _mapped(folder: Path, name: str) -> npt.NDArray[Any]:
    path = folder / f"{name}.bin"
    with path.open("rb") as stream:
        return np.frombuffer(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), dtype=ARRAYS[name])
