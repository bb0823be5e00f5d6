"""Figures over rows: percentiles that occur, bars that hold every row, and the plan that training makes."""

import hashlib

import numpy as np
import pytest

from backend.domain.job import JobSettings
from backend.domain.preview import Lengths
from backend.engine.preview.figures import MOST_BARS, Figures, histogram, lengths
from backend.engine.tokens.masks import RowTokens
from backend.engine.training.order import shuffled


def row(number: int, *sizes: int) -> RowTokens:
    sequences = tuple((np.zeros(size, np.int32), np.arange(size) > 0) for size in sizes)
    return RowTokens(number, hashlib.blake2b(b"%d" % number, digest_size=16).digest(), sequences, cut=False)


def test_percentiles_are_values_that_occur() -> None:
    assert lengths(np.arange(1, 101)) == Lengths(p50=50, p95=95, longest=100)
    assert lengths(np.array([7, 9000])) == Lengths(p50=7, p95=9000, longest=9000)
    assert lengths(np.array([], dtype=np.int64)) == Lengths()


@pytest.mark.parametrize(("longest", "width"), [(1, 1), (40, 1), (41, 2), (400, 10), (4096, 200), (200_000, 5000)])
def test_every_row_is_in_a_bar_of_a_round_width(longest: int, width: int) -> None:
    values = np.array([1, longest, longest])
    found = histogram(values)
    assert found.width == width
    assert sum(found.counts) == 3
    assert len(found.counts) <= MOST_BARS
    assert found.counts[(longest - 1) // width] >= 2


def test_lengths_are_of_the_longest_sequence_and_tokens_of_all() -> None:
    figures = Figures("tiny", 512, JobSettings())
    figures.add(row(1, 10, 30))
    figures.add(row(2, 20))
    found = figures.so_far(("beware",))
    assert (found.tokens, found.supervised, found.limit, found.warnings) == (60, 57, 512, ("beware",))
    assert found.lengths == Lengths(p50=20, p95=30, longest=30)
    assert found.supervised_lengths.longest == 38


def test_steps_and_held_out_rows_are_those_of_the_training() -> None:
    settings = JobSettings(rows_per_step=3, epochs=4, heldout_share=0.1)
    figures = Figures("tiny", 512, settings)
    for number in range(50):
        figures.add(row(number, 5))
    heldout, steps = figures.plan()
    assert heldout == 5
    assert steps == shuffled(range(45), 0, 4, 3).total_steps
