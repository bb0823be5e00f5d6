"""Where the parts of a host put what happened, for its window and its followers."""

import collections
import contextlib
import threading
from collections.abc import Iterator

from backend.protocol.engine import LogLine
from backend.protocol.host import HostEvent


class Outbox:
    """Events in order, and the bell that wakes whoever waits for something to do."""

    def __init__(self) -> None:
        self._events: collections.deque[HostEvent] = collections.deque()
        self._bell = threading.Event()

    def tell(self, event: HostEvent) -> None:
        """Only of what is stored already."""
        self._events.append(event)
        self._bell.set()

    @contextlib.contextmanager
    def kept_back(self) -> Iterator[None]:
        """What is told inside is told at the end, and only if that is reached: else it was never stored."""
        before, self._events = self._events, collections.deque()
        try:
            yield
        except BaseException:
            self._events = collections.deque(event for event in self._events if isinstance(event, LogLine))
            raise
        finally:
            self._events = before + self._events
            self._bell.set()

    def ring(self) -> None:
        """Something is there to pump; safe in any thread."""
        self._bell.set()

    def wait(self, seconds: float) -> None:
        self._bell.wait(seconds)

    def drain(self) -> list[HostEvent]:
        """Everything told since the last call; log lines may come from any thread meanwhile."""
        return [self._events.popleft() for _ in range(len(self._events))]

    def quiet(self) -> None:
        """Take note of the bell before looking at what it rang for."""
        self._bell.clear()
