"""Choose the rows that are never trained, by content (semantics.md 17)."""

from collections import defaultdict
from typing import Protocol

import numpy as np
import numpy.typing as npt

from backend.domain.job import JobSettings

FEWEST_ROWS = 20
Rows = npt.NDArray[np.int64]


class Hashed(Protocol):
    """What the choice looks at: how many rows there are, and which are alike."""

    @property
    def rows(self) -> int: ...

    def row_hash(self, row: int) -> bytes: ...


def split_heldout(tokens: Hashed, settings: JobSettings) -> tuple[Rows, Rows]:
    """Row numbers that train and row numbers that are held out, each in file order.

    Rows of equal content go to the same side. Content that occurs too often to fit is not held out.
    """
    everything = np.arange(tokens.rows, dtype=np.int64)
    room = min(round(tokens.rows * settings.heldout_share), settings.heldout_most)
    if tokens.rows < FEWEST_ROWS or room < 1:
        return everything, everything[:0]
    by_hash: dict[bytes, list[int]] = defaultdict(list)
    for row in range(tokens.rows):
        by_hash[tokens.row_hash(row)].append(row)
    chosen: list[int] = []
    for _, rows in sorted(by_hash.items()):
        if len(chosen) == room:
            break
        if len(chosen) + len(rows) <= room:
            chosen += rows
    held = np.array(sorted(chosen), dtype=np.int64)
    return np.setdiff1d(everything, held, assume_unique=True), held
