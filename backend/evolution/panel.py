"""Which rows of a file are watched: by content, spread over lengths, the same whatever the order of the file."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

HELDOUT_PART = 4
"""Up to one in so many examples is a held-out row."""


class Chosen(NamedTuple):
    """A row of the token set."""

    row: int
    heldout: bool


def choose(
    wanted: int,
    trained: Iterable[int],
    heldout: Iterable[int],
    lengths: Sequence[int],
    content_hash: Callable[[int], bytes],
) -> list[Chosen]:
    """At most `wanted` rows of different content, in file order.

    Args:
        lengths: tokens of each row.
        content_hash: equal for rows of equal content.
    """
    held = _spread(wanted // HELDOUT_PART, heldout, lengths, content_hash)
    rest = _spread(wanted - len(held), trained, lengths, content_hash)
    return sorted([Chosen(row, True) for row in held] + [Chosen(row, False) for row in rest])


def _spread(
    wanted: int, rows: Iterable[int], lengths: Sequence[int], content_hash: Callable[[int], bytes]
) -> list[int]:
    """Of each stratum of lengths the row with the smallest hash."""
    unique: dict[bytes, int] = {}
    for row in rows:
        unique.setdefault(content_hash(row), row)
    if wanted < 1 or not unique:
        return []
    ordered = sorted((int(lengths[row]), digest, row) for digest, row in unique.items())
    strata = np.array_split(np.arange(len(ordered)), min(wanted, len(ordered)))
    smallest = [min((ordered[place] for place in stratum), key=lambda found: found[1]) for stratum in strata]
    return [row for _, _, row in smallest]
