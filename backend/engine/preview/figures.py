"""Figures over the rows that can be trained, kept row by row in a few bytes each."""

import math
from array import array

import numpy as np
import numpy.typing as npt

from backend.domain.job import JobSettings
from backend.domain.preview import Histogram, Lengths, TokenFigures
from backend.engine.tokens.heldout import split_heldout
from backend.engine.tokens.layout import HASH_BYTES
from backend.engine.tokens.masks import RowTokens

MOST_BARS = 40
Values = npt.NDArray[np.int64]


class Figures:
    """What the rows add up to. It has what the choice of held-out rows looks at."""

    def __init__(self, base: str, limit: int, settings: JobSettings) -> None:
        self._base = base
        self._limit = limit
        self._settings = settings
        self._longest = array("q")
        self._learned = array("q")
        self._hashes = bytearray()
        self._tokens = self._cut = 0

    @property
    def rows(self) -> int:
        return len(self._longest)

    def row_hash(self, row: int) -> bytes:
        return bytes(self._hashes[row * HASH_BYTES : (row + 1) * HASH_BYTES])

    def add(self, row: RowTokens) -> None:
        lengths = [len(ids) for ids, _ in row.sequences]
        self._tokens += sum(lengths)
        self._longest.append(max(lengths))
        self._learned.append(sum(int(mask.sum()) for _, mask in row.sequences))
        self._hashes += row.hash
        self._cut += row.cut

    def so_far(self, warnings: tuple[str, ...]) -> TokenFigures:
        longest = np.array(self._longest, dtype=np.int64)
        learned = np.array(self._learned, dtype=np.int64)
        return TokenFigures(
            base=self._base,
            limit=self._limit,
            tokens=self._tokens,
            supervised=int(learned.sum()),
            lengths=lengths(longest),
            supervised_lengths=lengths(learned),
            histogram=histogram(longest),
            cut=self._cut,
            warnings=warnings,
        )

    def plan(self) -> tuple[int, int]:
        """Rows that are held out, and optimizer steps of the job."""
        train, heldout = split_heldout(self, self._settings)
        return len(heldout), math.ceil(len(train) / self._settings.rows_per_step) * self._settings.epochs


def lengths(values: Values) -> Lengths:
    """Percentiles are values that occur."""
    if not len(values):
        return Lengths()
    p50, p95 = np.percentile(values, (50, 95), method="inverted_cdf")
    return Lengths(p50=int(p50), p95=int(p95), longest=int(values.max()))


def histogram(values: Values) -> Histogram:
    """Bars of 1, 2 or 5 times a power of ten tokens."""
    if not len(values):
        return Histogram()
    width = _round_width(int(values.max()) / MOST_BARS)
    return Histogram(width=width, counts=tuple(np.bincount((values - 1) // width).tolist()))


def _round_width(least: float) -> int:
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= least:
                return factor * power
        power *= 10
