"""What the Live tab needs of a plot, spelled without importing the plot library."""

from typing import Protocol


class PlotFace(Protocol):
    """A plot of loss over steps."""

    def add_step(self, step: int, loss: float) -> None: ...

    def add_held_out(self, step: int, loss: float) -> None: ...

    def clear(self) -> None: ...

    def smooth(self, weight: float) -> None:
        """0 shows the raw line, values towards 1 smooth more."""
        ...

    def use_log_scale(self, on: bool) -> None: ...
