"""What a folder of cached tokens holds: flat arrays, and a card with counts."""

import msgspec
import numpy as np

from backend.domain.dataset import BadLine

BAD_SHOWN = 50
HASH_BYTES = 16
CARD = "metadata.json"
ARRAYS = {
    "ids": np.dtype("<i4"),
    "mask": np.dtype("?"),
    "sequence_ends": np.dtype("<i8"),
    "row_ends": np.dtype("<i8"),
    "row_lines": np.dtype("<i8"),
    "row_hashes": np.dtype("u1"),
}
"""Files NAME.bin. `sequence_ends` are offsets into ids and mask, `row_ends` into the sequences."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What was tokenised, and what was not."""

    tokens: int = 0
    supervised: int = 0
    refused: int = 0
    cut: int = 0


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """metadata.json of a cache folder."""

    kind: str = "tokens"
    counts: Counts
    bad: tuple[BadLine, ...]
    warnings: tuple[str, ...]
    fingerprint: str
