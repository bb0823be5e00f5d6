"""Keeps the machine awake while something trains. The desktop is asked in a thread, for it may be slow to answer."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

log = logging.getLogger(__name__)
CLOSE_SECONDS = 5.0
"""So long a host that closes waits for the desktop; with its process the machine is free to sleep in any case."""


@contextlib.contextmanager
def staying_awake() -> Iterator[bool]:
    """While it lasts the machine does not fall asleep, its screen may. Yields whether this desktop can do so."""
    from wakepy import keep  # only a host that trains needs it

    with keep.running(on_fail="pass") as mode:
        yield mode.active


class Awake:
    """`follow` returns at once. What cannot be had is logged once and harms nothing."""

    def __init__(self, mode: Callable[[], AbstractContextManager[bool]] = staying_awake) -> None:
        """`mode` is made, entered and left in one thread."""
        self._mode = mode
        self._changed = threading.Condition()
        self._wanted = False
        self._closing = False
        self._told = False
        self._thread: threading.Thread | None = None

    def follow(self, wanted: bool) -> None:
        """Keep the machine awake from now on, or let it sleep."""
        with self._changed:
            if wanted == self._wanted or self._closing:
                return
            self._wanted = wanted
            self._changed.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._live, name="awake", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Let it sleep."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _live(self) -> None:
        while self._until(wanted=True):
            try:
                with self._mode() as awake:
                    self._tell(awake)
                    self._until(wanted=False)
            except Exception as error:  # whatever a desktop answers, training goes on
                self._tell(False)
                log.debug("%s", error, exc_info=True)
                self._until(wanted=False)

    def _until(self, *, wanted: bool) -> bool:
        """Wait for the wish; False when the host closes."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._wanted is wanted)
            return not self._closing

    def _tell(self, awake: bool) -> None:
        if not awake and not self._told:
            self._told = True
            log.info("This desktop offers no way to keep the machine awake while it trains.")
