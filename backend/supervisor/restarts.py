"""How often an engine may be started again by itself (safety.md, rule 12)."""

from collections import deque

MOST = 3
WINDOW_SECONDS = 600.0


class Restarts:
    """At most three in ten minutes for one job; another job begins afresh."""

    def __init__(self, most: int = MOST, window: float = WINDOW_SECONDS) -> None:
        self._most = most
        self._window = window
        self._job: int | None = None
        self._times: deque[float] = deque()

    def forget(self) -> None:
        """What was the matter is over."""
        self._times.clear()

    def allow(self, job: int, now: float) -> bool:
        """Count a restart of `job` at monotonic time `now`; False when it is one too many."""
        if job != self._job:
            self._job = job
            self._times.clear()
        while self._times and now - self._times[0] > self._window:
            self._times.popleft()
        if len(self._times) >= self._most:
            return False
        self._times.append(now)
        return True
