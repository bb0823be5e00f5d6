"""Count what a file holds while it streams past: rows by shape, refused lines, duplicates."""

from array import array
from collections.abc import Iterable

import numpy as np

from backend.datasets.reader import rows
from backend.domain.conversation import Conversation, quick_hash
from backend.domain.dataset import BadLine, Report

BAD_SHOWN = 50


def scan(chunks: Iterable[bytes]) -> Report:
    """Read all rows once, in bounded memory (eight bytes a row for the duplicates)."""
    tally = Tally()
    for row in rows(chunks):
        tally.take(row)
    return tally.report()


class Tally:
    """The count as it grows, row by row."""

    def __init__(self) -> None:
        self._formats: dict[str, int] = {}
        self._bad: list[BadLine] = []
        self._refused = 0
        self._seen = array("q")

    def take(self, row: Conversation | BadLine) -> None:
        if isinstance(row, BadLine):
            self._refused += 1
            if len(self._bad) < BAD_SHOWN:
                self._bad.append(row)
            return
        self._formats[row.shape] = self._formats.get(row.shape, 0) + 1
        self._seen.append(quick_hash(row))

    def report(self) -> Report:
        return Report(
            rows=len(self._seen),
            refused=self._refused,
            formats=dict(self._formats),
            duplicates=_duplicates(self._seen),
            bad=tuple(self._bad),
        )


def _duplicates(seen: "array[int]") -> int:
    """How many values are repeats of an earlier one; equal 64-bit hashes count as equal rows."""
    if not seen:
        return 0
    values = np.array(seen, dtype=np.int64)  # a copy, for an array cannot grow while something looks into it
    return len(values) - len(np.unique(values))
