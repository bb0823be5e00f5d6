"""Tests of the order in which rows are trained."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from backend.engine.training import order
from backend.engine.training.order import shuffled

ROWS = st.lists(st.integers(0, 500), min_size=1, max_size=60, unique=True)


@given(ROWS, st.integers(0, 2**63 - 1), st.integers(1, 3), st.integers(1, 9))
def test_each_epoch_trains_every_row_once(rows: list[int], seed: int, epochs: int, rows_per_step: int) -> None:
    made = shuffled(rows, seed, epochs, rows_per_step)
    steps = [made.rows_of(step) for step in range(made.total_steps)]
    for epoch in range(epochs):
        of_epoch = steps[epoch * made.steps_per_epoch : (epoch + 1) * made.steps_per_epoch]
        assert sorted(row for step in of_epoch for row in step) == sorted(rows)
        assert all(len(step) == rows_per_step for step in of_epoch[:-1])
    assert made.epoch_at(made.total_steps) == epochs
    assert made.fits(rows, epochs, rows_per_step)


def test_the_order_is_pinned_for_ever() -> None:
    assert shuffled(range(8), 0, 2, 4).epochs == ((7, 0, 1, 5, 3, 4, 2, 6), (5, 7, 6, 1, 0, 2, 4, 3))


def test_seed_and_epoch_decide_the_order() -> None:
    first, other = shuffled(range(50), 1, 2, 8), shuffled(range(50), 2, 2, 8)
    assert first == shuffled(range(50), 1, 2, 8)
    assert len({*first.epochs, *other.epochs}) == 4
    assert first.fingerprint != other.fingerprint


def test_a_stored_order_comes_back_and_no_other(tmp_path: Path) -> None:
    made = shuffled(range(20), 3, 2, 8)
    order.store(made, tmp_path / "run")
    assert order.load(tmp_path / "run", made.fingerprint) == made
    assert order.load(tmp_path / "run", "another") is None
    assert order.load(tmp_path, made.fingerprint) is None
    (tmp_path / "run" / order.FILE_NAME).write_bytes(b"\0" * 40)
    assert order.load(tmp_path / "run", made.fingerprint) is None
