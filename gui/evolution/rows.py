"""The examples of a run as records of a table."""

import math
from collections.abc import Iterable

import msgspec

from backend.domain.analysis import Fate
from backend.domain.evolution import PanelExample
from gui.evolution.fates import Fates
from gui.evolution.grid import Figures, Grid


class ExampleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One example, and what became of it so far."""

    place: int
    """In the run."""
    example: PanelExample
    fate: Fate
    learned_at: int | None
    first_loss: float | None
    last_loss: float | None
    best_loss: float | None
    similarity: float | None
    """Of the last answer."""


def rows(grid: Grid, fates: Fates, places: Iterable[int]) -> list[ExampleRow]:
    """In the order of `places`."""
    return [_row(grid.examples[place], fates, place) for place in places]


def _row(example: PanelExample, fates: Fates, place: int) -> ExampleRow:
    learned_at = _figure(fates.learned_at, place)
    return ExampleRow(
        place=place,
        example=example,
        fate=fates.fates[place],
        learned_at=None if learned_at is None else int(learned_at),
        first_loss=_figure(fates.first_loss, place),
        last_loss=_figure(fates.last_loss, place),
        best_loss=_figure(fates.best_loss, place),
        similarity=_figure(fates.last_similarity, place),
    )


def _figure(figures: Figures, place: int) -> float | None:
    value = float(figures[place])
    return None if math.isnan(value) else value
