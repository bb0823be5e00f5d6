"""How long snapshots may take (semantics.md 19)."""

import math
import time
from collections.abc import Callable, Iterable

from backend.domain.snapshot import Reason, Snapshot

EDGE_PERCENT = 20.0
"""Of the training time, for the snapshot at the start and for the one at the end."""
GUARD_PERCENT = 5.0
LEAST_SECONDS = 10.0
"""Start, end and guard may take this long however short the training is."""
EVERYTHING = 100.0
HALVING = 0.5
"""Weight of what was measured before, against what is measured now."""


class Budget:
    """Seconds for the next snapshot. What was spent before this segment is in the files."""

    def __init__(self, percent: float, taken: Iterable[Snapshot] = ()) -> None:
        self._percent = percent
        between = [one for one in taken if one.reason is Reason.SCHEDULE]
        self._spent = sum(one.loss_seconds + one.answer_seconds for one in between)

    @property
    def takes_by_itself(self) -> bool:
        return self._percent > 0

    def seconds(self, reason: Reason, trained: float, expected: float) -> float:
        """For a snapshot.

        Args:
            trained: seconds of training so far.
            expected: seconds that the whole job is expected to train.
        """
        if reason is Reason.REQUEST or self._percent >= EVERYTHING:
            return math.inf
        if reason is Reason.SCHEDULE:
            return max(0.0, trained * self._percent / 100 - self._spent)
        return self._edge(EDGE_PERCENT, expected if reason is Reason.START else trained)

    def guard_seconds(self, trained: float) -> float:
        """For the forgetting guard."""
        return math.inf if self._percent >= EVERYTHING else self._edge(GUARD_PERCENT, trained)

    def spend(self, reason: Reason, seconds: float) -> None:
        """What a snapshot took, from its first thought to the file on disk."""
        if reason is Reason.SCHEDULE:
            self._spent += seconds

    def _edge(self, percent: float, training: float) -> float:
        return max(training * percent / 100, LEAST_SECONDS) if self._percent > 0 else 0.0


class Watch:
    """Runs from now on, for as many seconds as are allowed."""

    def __init__(self, allowed: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._begun = clock()
        self.allowed = allowed

    @property
    def passed(self) -> float:
        return self._clock() - self._begun

    @property
    def left(self) -> float:
        return self.allowed - self.passed


class Cost:
    """Seconds for a unit of work, as measured here; older measurements count less and less."""

    def __init__(self, guess: float) -> None:
        self._seconds = guess
        self._units = 1.0

    @property
    def unit(self) -> float:
        return self._seconds / self._units

    def of(self, units: float) -> float:
        """Seconds that so much work will take."""
        return units * self.unit

    def measure(self, units: float, seconds: float) -> None:
        """Note what work took."""
        if units > 0:
            weight = HALVING if self._units > 1.0 else 0.0  # the guess is forgotten at once
            self._seconds = self._seconds * weight + seconds
            self._units = self._units * weight + units
