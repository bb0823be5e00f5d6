"""Choose the rows that are never trained, by content (semantics.md 17)."""

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from backend.domain.job import JobSettings
from backend.engine.tokens.cache import TokenSet

FEWEST_ROWS = 20
Rows = npt.NDArray[np.int64]


def split_heldout(tokens: TokenSet, settings: JobSettings) -> tuple[Rows, Rows]:
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
