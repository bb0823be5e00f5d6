"""What the Live tab needs of a plot, spelled without importing the plot library."""

from collections.abc import Sequence
from typing import Protocol

from gui.live.mark import Mark


class PlotFace(Protocol):
    """A plot of loss over steps."""

    def add_step(self, step: int, loss: float) -> None: ...

    def add_held_out(self, step: int, loss: float) -> None: ...

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """The snapshots, in order of steps."""
        ...

    def clear(self) -> None: ...

    def smooth(self, weight: float) -> None:
        """0 shows the raw line, values towards 1 smooth more."""
        ...

    def use_log_scale(self, on: bool) -> None: ...
