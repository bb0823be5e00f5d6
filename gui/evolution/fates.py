"""What became of each example so far, for all of them at once: as backend/evolution/analysis.py, on arrays."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.domain.analysis import Fate
from backend.evolution.analysis import WORSE_NATS, WORSE_SHARE
from gui.evolution.grid import Figures, Grid


@dataclass(frozen=True, eq=False, kw_only=True)
class Fates:
    """One entry for each example, in the order of the run. NaN is what there is not."""

    fates: tuple[Fate, ...]
    learned_at: Figures
    """Step."""
    first_loss: Figures
    last_loss: Figures
    best_loss: Figures
    last_similarity: Figures

    @property
    def gains(self) -> Figures:
        return self.first_loss - self.last_loss

    def counts(self) -> Counter[Fate]:
        return Counter(self.fates)


def fates_of(grid: Grid) -> Fates:
    first, last = _first(grid.losses), _last(grid.losses)
    with np.errstate(invalid="ignore"):
        worse = last - first > np.maximum(WORSE_NATS, WORSE_SHARE * first)
    answered, wrong = ~np.isnan(grid.right), grid.right == 0
    asked, ever_right, ever_wrong = answered.any(axis=1), (grid.right == 1).any(axis=1), wrong.any(axis=1)
    right_now = _last(grid.right) == 1
    conditions = [
        ~asked & worse,
        ~asked,
        right_now & ~ever_wrong,
        right_now,
        ever_right,
        worse,
    ]
    outcomes = (Fate.REGRESSED, Fate.UNKNOWN, Fate.KNOWN, Fate.LEARNED, Fate.FORGOTTEN, Fate.REGRESSED)
    which = np.select(conditions, list(range(len(outcomes))), len(outcomes))
    names = (*outcomes, Fate.STILL_WRONG)
    return Fates(
        fates=tuple(names[one] for one in which),
        learned_at=np.where(right_now & ever_wrong, _after_last(wrong, answered, grid.steps), np.nan),
        first_loss=first,
        last_loss=last,
        best_loss=_least(grid.losses),
        last_similarity=_last(grid.similarities),
    )


def _after_last(wrong: NDArray[np.bool_], answered: NDArray[np.bool_], steps: tuple[int, ...]) -> Figures:
    """The step of the first answer behind the last wrong one; anything where there is none."""
    rows, columns = wrong.shape
    if not columns:
        return np.full(rows, np.nan)
    last_wrong = columns - 1 - wrong[:, ::-1].argmax(axis=1)
    behind = answered & (np.arange(columns) > last_wrong[:, None])
    found: Figures = np.array(steps, dtype=np.float64)[behind.argmax(axis=1)]
    return found


def _first(figures: Figures) -> Figures:
    rows, columns = figures.shape
    if not columns:
        return np.full(rows, np.nan)
    there = ~np.isnan(figures)
    found: Figures = figures[np.arange(rows), there.argmax(axis=1)]
    return found


def _last(figures: Figures) -> Figures:
    return _first(figures[:, ::-1])


def _least(figures: Figures) -> Figures:
    least: Figures = np.fmin.reduce(figures, axis=1, initial=np.nan)
    return least
