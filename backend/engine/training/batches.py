"""From the rows of an optimizer step to micro-batches: sorted by length, cut by a budget of padded tokens."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch

Ids = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


class Example(NamedTuple):
    """One sequence to learn from. `mask[i]`: token i is supervised, that is, predicted from those before it."""

    ids: Ids
    mask: Mask

    @property
    def length(self) -> int:
        return len(self.ids)

    @property
    def supervised(self) -> int:
        """Token 0 has nothing before it and is never predicted."""
        return int(self.mask[1:].sum())


class MicroBatch(NamedTuple):
    """Sequences padded on the right. Attention is causal, so no token sees padding and no mask is needed."""

    ids: torch.Tensor
    """(sequences, length), int64."""
    positions: torch.Tensor
    """Flat indices into (sequences, length) of the hidden states that predict a supervised token, int64."""
    targets: torch.Tensor
    """The tokens that they are to predict, int64."""
    tokens: int
    """Real tokens, padding not counted."""


class Source(Protocol):
    """What gives the sequences of a row (the token set)."""

    def sequences(self, row: int) -> Sequence[tuple[Ids, Mask]]: ...


def examples_of(source: Source, rows: Iterable[int]) -> list[Example]:
    """All sequences of the rows that teach something, each cut after its last supervised token."""
    return [
        Example(ids[: ends[-1] + 2], mask[: ends[-1] + 2])
        for row in rows
        for ids, mask in source.sequences(row)
        if len(ends := np.flatnonzero(mask[1:]))
    ]


def micro_batches(examples: Iterable[Example], token_budget: int) -> list[MicroBatch]:
    """Cut examples, longest first, so that their padded size stays within the budget; one alone may exceed it."""
    batches: list[list[Example]] = []
    for example in sorted(examples, key=lambda found: -found.length):
        if batches and batches[-1][0].length * (len(batches[-1]) + 1) <= token_budget:
            batches[-1].append(example)
        else:
            batches.append([example])
    return [_padded(batch) for batch in batches]


def _padded(batch: list[Example]) -> MicroBatch:
    shape = (len(batch), batch[0].length)
    ids = np.zeros(shape, dtype=np.int64)
    predicting = np.zeros(shape, dtype=np.bool_)
    targets = []
    for index, (row_ids, mask) in enumerate(batch):
        ids[index, : len(row_ids)] = row_ids
        predicting[index, : len(row_ids) - 1] = mask[1:]
        targets.append(row_ids[1:][mask[1:]])
    return MicroBatch(
        torch.from_numpy(ids),
        torch.from_numpy(np.flatnonzero(predicting)),
        torch.from_numpy(np.concatenate(targets).astype(np.int64)),
        sum(example.length for example in batch),
    )
