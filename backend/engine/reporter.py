"""Sends events to the host from a thread of its own, so that a slow host never holds up training."""

import collections
import threading
from typing import Protocol

from backend.protocol.engine import Activity, EngineEvent, Metric

BACKLOG = 256
"""With more events than this unsent, metrics and activities are left out; facts never are."""
CLOSE_SECONDS = 30.0


class Outlet(Protocol):
    """Where events go."""

    def send(self, event: EngineEvent, /) -> None: ...


class Reporter:
    """Events leave in the order in which they were handed over."""

    def __init__(self, host: Outlet) -> None:
        self._host = host
        self._events: collections.deque[EngineEvent] = collections.deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)
        self._thread.start()

    def send(self, event: EngineEvent, /) -> None:
        """Returns at once, whatever the host does."""
        with self._changed:
            if isinstance(event, Metric | Activity) and len(self._events) >= BACKLOG:
                return
            self._events.append(event)
            self._changed.notify()

    def close(self) -> None:
        """Send what waits, for a while at most."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._events or self._closing)
                if not self._events:
                    return
                event = self._events.popleft()
            try:
                self._host.send(event)
            except OSError:
                return  # The host is gone; what is on disk speaks for itself, and Control learns of the end.
