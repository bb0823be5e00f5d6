"""A bounded line of loss over steps, and its smoothed form."""

from collections.abc import Sequence

MOST_POINTS = 20_000


class Curve:
    """Points in order of step. Beyond `MOST_POINTS` every second of the older half goes, so memory stays bounded."""

    def __init__(self) -> None:
        self.steps: list[float] = []
        self.values: list[float] = []

    def __len__(self) -> int:
        return len(self.steps)

    def add(self, step: float, value: float) -> None:
        """Append a point; steps taken again after a resume replace what was there."""
        while self.steps and self.steps[-1] >= step:
            self.steps.pop()
            self.values.pop()
        self.steps.append(step)
        self.values.append(value)
        if len(self.steps) > MOST_POINTS:
            half = MOST_POINTS // 2
            self.steps[:half] = self.steps[:half:2]
            self.values[:half] = self.values[:half:2]

    def clear(self) -> None:
        self.steps.clear()
        self.values.clear()

    def nearest(self, step: float) -> tuple[float, float] | None:
        """The point closest to `step`."""
        if not self.steps:
            return None
        place = min(range(len(self.steps)), key=lambda i: abs(self.steps[i] - step))
        return self.steps[place], self.values[place]


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """Exponential moving average without the bias of its start (Kingma and Ba 2014, section 3).

    Args:
        values: NaN passes through and leaves the average as it was.
        weight: share of the past in each point, from 0 (the raw line) to below 1.
    """
    average, mass = 0.0, 0.0
    line: list[float] = []
    for value in values:
        if value != value:
            line.append(value)
            continue
        average = weight * average + (1 - weight) * value
        mass = weight * mass + (1 - weight)
        line.append(average / mass)
    return line
