"""Figures of a run as arrays: fates as the analysis finds them, orders, filters, search, colours."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from backend.domain.analysis import Fate
from backend.domain.snapshot import Source
from backend.evolution.analysis import Point, course
from backend.paths import Home
from backend.protocol.evolution import RunReply
from gui.evolution.arranging import arranged, searchable
from gui.evolution.choice import Kept, Order
from gui.evolution.colours import VIRIDIS, coloured, missing, span
from gui.evolution.fates import fates_of
from gui.evolution.grid import Grid, grid_of
from tests.fakes.evolution_runs import told
from tests.makers.evolution_files import make_run

STEPS = (0, 10, 25, 33)


@pytest.fixture
def reply(tmp_path: Path) -> RunReply:
    home = Home(tmp_path)
    make_run(home, examples=40, steps=STEPS, answered_share=0.5)
    with told(home) as replies:
        return replies.run(1, None)


def upto(reply: RunReply, count: int) -> RunReply:
    return msgspec.structs.replace(reply, figures=reply.figures[:count])


def test_what_became_of_each_example_is_what_the_analysis_says(reply: RunReply) -> None:
    for seed in range(20):
        chance = np.random.default_rng(seed)
        shape = (len(reply.examples), len(STEPS))
        known = chance.random(shape) < 0.6
        grid = Grid(
            run=1,
            examples=reply.examples,
            steps=STEPS,
            summaries=(),
            losses=np.where(chance.random(shape) < 0.7, chance.random(shape), np.nan),
            similarities=np.full(shape, np.nan),
            right=np.where(known, chance.integers(0, 2, shape), np.nan),
        )
        fates = fates_of(grid)
        for place, example in enumerate(grid.examples):
            expected = course(example.example_id, points(grid, place))
            assert fates.fates[place] is expected.fate
            assert none(fates.learned_at[place]) == expected.learned_at
            assert none(fates.first_loss[place]) == expected.first_loss
            assert none(fates.last_loss[place]) == expected.last_loss
            assert none(fates.best_loss[place]) == expected.best_loss


def points(grid: Grid, place: int) -> list[Point]:
    return [
        Point(
            step=step,
            loss=none(grid.losses[place, column]),
            right=None if np.isnan(grid.right[place, column]) else bool(grid.right[place, column]),
        )
        for column, step in enumerate(grid.steps)
    ]


def none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def test_a_run_without_a_snapshot_has_no_fates_yet(reply: RunReply) -> None:
    assert set(fates_of(grid_of(upto(reply, 0))).fates) == {Fate.UNKNOWN}


def test_later_snapshots_stand_beside_those_that_are_there(reply: RunReply) -> None:
    whole = grid_of(reply)
    grown = grid_of(upto(reply, 2)).grown(reply)
    assert grown.steps == STEPS
    for one, other in ((grown.losses, whole.losses), (grown.right, whole.right)):
        np.testing.assert_array_equal(one, other)
    assert grown.grown(reply).steps == STEPS  # what was told twice is there once


def test_an_example_that_joined_later_has_no_figures_before(reply: RunReply) -> None:
    before = msgspec.structs.replace(upto(reply, 1), examples=reply.examples[:30])
    short = [
        msgspec.structs.replace(one, losses=one.losses[:30], similarities=one.similarities[:30], right=one.right[:30])
        for one in before.figures
    ]
    grown = grid_of(msgspec.structs.replace(before, figures=tuple(short))).grown(reply)
    assert np.isnan(grown.losses[30:, 0]).all()
    assert not np.isnan(grown.losses[30:, 1:]).any()


@pytest.mark.parametrize("order", list(Order))
def test_examples_stand_in_the_order_that_was_chosen(reply: RunReply, order: Order) -> None:
    grid = grid_of(reply)
    fates = fates_of(grid)
    places = arranged(grid, fates, searchable(grid.examples), order, Kept.ALL, "")
    assert sorted(places) == list(range(40))
    keys = {
        Order.FINAL_LOSS: -fates.last_loss,
        Order.SPEED: np.where(np.isnan(fates.learned_at), np.inf, fates.learned_at),
        Order.LENGTH: -np.array([float(one.length) for one in grid.examples]),
        Order.FILE: np.array([float(one.line) for one in grid.examples]),
    }
    assert (np.diff(keys[order][places][np.isfinite(keys[order][places])]) >= 0).all()


def test_rows_of_the_file_stand_before_pinned_ones_of_others(reply: RunReply) -> None:
    pinned = msgspec.structs.replace(reply.examples[0], source=Source.PINNED, dataset="", line=0, pinned=True)
    grid = grid_of(msgspec.structs.replace(reply, examples=(pinned, *reply.examples[1:])))
    fates = fates_of(grid)
    texts = searchable(grid.examples)
    assert arranged(grid, fates, texts, Order.FILE, Kept.ALL, "")[-1] == 0
    assert list(arranged(grid, fates, texts, Order.FILE, Kept.PINNED, "")) == [0]


@pytest.mark.parametrize("kept", [Kept.LEARNED, Kept.STILL_WRONG, Kept.FORGOTTEN, Kept.HELD_OUT])
def test_only_examples_that_are_asked_for_are_shown(reply: RunReply, kept: Kept) -> None:
    grid = grid_of(reply)
    fates = fates_of(grid)
    places = arranged(grid, fates, searchable(grid.examples), Order.FILE, kept, "")
    fits = [
        one.heldout if kept is Kept.HELD_OUT else fate.value == kept.value
        for one, fate in zip(grid.examples, fates.fates, strict=True)
    ]
    assert 0 < len(places) < 40
    assert list(places) == [place for place in range(40) if fits[place]]


def test_the_search_wants_every_word_in_question_answer_or_id(reply: RunReply) -> None:
    grid = grid_of(reply)
    fates, texts = fates_of(grid), searchable(grid.examples)

    def found(wanted: str) -> list[int]:
        return [grid.examples[place].line for place in arranged(grid, fates, texts, Order.FILE, Kept.ALL, wanted)]

    assert found("QUESTION 7: who") == [8, 18, 28, 38]
    assert found("number 12. espalier") == [13]
    assert found(grid.examples[3].example_id) == [grid.examples[3].line]
    assert found("nowhere") == []


def test_one_outlier_does_not_flatten_the_colours() -> None:
    figures = np.append(np.linspace(1.0, 2.0, 999), 1e6).reshape(10, 100)
    low, high = span(figures)
    assert 1.0 <= low < high <= 2.0
    assert span(np.full((2, 2), np.nan)) == (0.0, 1.0)
    assert span(np.full((2, 2), 3.0))[1] > 3.0


@pytest.mark.parametrize("dark", [False, True])
def test_colours_run_through_the_table_and_what_is_missing_is_grey(dark: bool) -> None:
    pixels = coloured(np.array([[-5.0, 0.0, 1.0, 9.0, np.nan]]), 0.0, 1.0, dark)
    assert pixels.shape == (1, 5, 4)
    assert [tuple(pixels[0, column]) for column in (0, 1)] == [tuple(VIRIDIS[0])] * 2
    assert [tuple(pixels[0, column]) for column in (2, 3)] == [tuple(VIRIDIS[-1])] * 2
    assert tuple(pixels[0, 4])[:3] == missing(dark)
    distance = np.abs(VIRIDIS[:, :3].astype(int) - np.array(missing(dark))).sum(axis=1).min()
    assert distance > 60  # no figure looks like a missing one


def test_lightness_of_the_colours_rises_all_the_way() -> None:
    """So that they are told apart without colour too."""
    light = VIRIDIS[:, :3].astype(float) @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(light) >= -1.0).all()
    assert light[-1] - light[0] > 150
