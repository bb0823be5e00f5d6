"""Tests of micro-batches: nothing lost, nothing padded without need, and only supervised tokens as targets."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from backend.engine.training.batches import Example, Ids, Mask, examples_of, micro_batches


class Rows:
    """Rows given as (ids, mask) in lists."""

    def __init__(self, *rows: list[tuple[list[int], list[int]]]) -> None:
        self._rows = rows

    def sequences(self, row: int) -> list[tuple[Ids, Mask]]:
        return [(np.array(ids, np.int32), np.array(mask, np.bool_)) for ids, mask in self._rows[row]]


def example(length: int, learned: int) -> Example:
    ids = np.arange(1, length + 1, dtype=np.int32)
    return Example(ids, np.arange(length) >= length - learned)


EXAMPLES = st.lists(
    st.integers(2, 40).flatmap(lambda n: st.builds(example, st.just(n), st.integers(1, n - 1))), min_size=1
)


def test_a_sequence_ends_with_its_last_supervised_token() -> None:
    (found,) = examples_of(Rows([([5, 6, 7, 8, 9], [0, 1, 1, 0, 0])]), [0])
    assert found.ids.tolist() == [5, 6, 7]
    assert found.supervised == 2


def test_what_teaches_nothing_is_left_out() -> None:
    rows = Rows([([5, 6], [1, 0])], [([5, 6], [0, 0]), ([7, 8], [1, 1])])
    (found,) = examples_of(rows, [0, 1])
    assert found.ids.tolist() == [7, 8]
    assert found.supervised == 1


def test_targets_are_the_supervised_tokens_and_positions_those_before_them() -> None:
    rows = Rows([([5, 6, 7, 8], [0, 1, 0, 1])], [([9, 4], [0, 1])])
    (batch,) = micro_batches(examples_of(rows, [0, 1]), 512)
    assert batch.ids.tolist() == [[5, 6, 7, 8], [9, 4, 0, 0]]
    assert batch.positions.tolist() == [0, 2, 4]
    assert batch.targets.tolist() == [6, 8, 4]
    assert batch.tokens == 6
    assert batch.ids.dtype == batch.positions.dtype == batch.targets.dtype == torch.int64


@given(EXAMPLES, st.integers(1, 200))
def test_batches_hold_every_example_once_within_the_budget(examples: list[Example], budget: int) -> None:
    batches = micro_batches(examples, budget)
    assert sum(batch.tokens for batch in batches) == sum(found.length for found in examples)
    assert sum(len(batch.targets) for batch in batches) == sum(found.supervised for found in examples)
    assert all(batch.ids.numel() <= budget or len(batch.ids) == 1 for batch in batches)


def test_a_budget_for_everything_makes_one_batch() -> None:
    assert len(micro_batches([example(n, 1) for n in range(2, 12)], 110)) == 1
