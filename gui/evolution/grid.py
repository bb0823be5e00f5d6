"""The figures of one run as arrays: examples down, snapshots across."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backend.domain.evolution import PanelExample, StepFigures
from backend.domain.snapshot import Summary
from backend.protocol.evolution import RunReply

Figures = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """Rows stand in the order of the run's examples, columns in order of steps; NaN is what was not taken."""

    run: int
    examples: tuple[PanelExample, ...]
    steps: tuple[int, ...]
    summaries: tuple[Summary, ...]
    losses: Figures
    similarities: Figures
    right: Figures
    """1 is right, 0 is wrong."""

    def grown(self, reply: RunReply) -> "Grid":
        """With the later snapshots of the same run behind those that are here."""
        later = [one for one in reply.figures if not self.steps or one.step > self.steps[-1]]
        more = _grid(reply, later)
        return replace(
            more,
            steps=self.steps + more.steps,
            summaries=self.summaries + more.summaries,
            losses=_beside(self.losses, more.losses),
            similarities=_beside(self.similarities, more.similarities),
            right=_beside(self.right, more.right),
        )


def grid_of(reply: RunReply) -> Grid:
    return _grid(reply, reply.figures)


def _grid(reply: RunReply, figures: Sequence[StepFigures]) -> Grid:
    count = len(reply.examples)
    return Grid(
        run=reply.run.id,
        examples=reply.examples,
        steps=tuple(one.step for one in figures),
        summaries=tuple(one.summary for one in figures),
        losses=_columns([one.losses for one in figures], count),
        similarities=_columns([one.similarities for one in figures], count),
        right=_columns([one.right for one in figures], count),
    )


def _columns(columns: Sequence[Sequence[float | None]], count: int) -> Figures:
    """An example that joined later has no figures in the snapshots before."""
    made = np.full((count, len(columns)), np.nan)
    for place, column in enumerate(columns):
        made[: len(column), place] = np.array(column, dtype=np.float64)
    return made


def _beside(old: Figures, new: Figures) -> Figures:
    joined = np.full((len(new) - len(old), old.shape[1]), np.nan)
    return np.hstack((np.vstack((old, joined)), new))
