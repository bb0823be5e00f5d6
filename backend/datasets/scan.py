"""Count what a file holds while it streams past: rows by shape, refused lines, duplicates."""

from array import array
from collections.abc import Iterable

import numpy as np

from backend.datasets.conversation import quick_hash
from backend.datasets.reader import rows
from backend.domain.dataset import BadLine, Report

BAD_SHOWN = 50


def scan(chunks: Iterable[bytes]) -> Report:
    """Read all rows once, in bounded memory (eight bytes a row for the duplicates)."""
    formats: dict[str, int] = {}
    bad: list[BadLine] = []
    refused = 0
    seen = array("q")
    for row in rows(chunks):
        if isinstance(row, BadLine):
            refused += 1
            if len(bad) < BAD_SHOWN:
                bad.append(row)
            continue
        formats[row.shape] = formats.get(row.shape, 0) + 1
        seen.append(quick_hash(row))
    return Report(rows=len(seen), refused=refused, formats=formats, duplicates=_duplicates(seen), bad=tuple(bad))


def _duplicates(seen: "array[int]") -> int:
    """How many values are repeats of an earlier one; equal 64-bit hashes count as equal rows."""
    if not seen:
        return 0
    values = np.frombuffer(seen, dtype=np.int64)
    return len(values) - len(np.unique(values))
