"""Rings when something changes in folders: by the system's word, else by looking again and again."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

log = logging.getLogger(__name__)
GATHER_MS = 200
"""Changes within this time ring once."""
STEP_MS = 100
POLL_MS = 1000
AGAIN_SECONDS = 10.0
CLOSE_SECONDS = 5.0


class Watch:
    """A thread of its own that does nothing but ring. Folders are watched one by one, not what lies below them."""

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._folders: tuple[Path, ...] = ()
        self._changed = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="inbox-watch", daemon=True)

    def see(self, folders: Sequence[Path]) -> None:
        """These are the folders from now on. Whoever calls has looked at them."""
        if tuple(folders) == self._folders:
            return
        self._folders = tuple(folders)
        self._changed.set()
        if not self._thread.is_alive() and not self._closing.is_set():
            self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)

    def _work(self) -> None:
        polling = False
        while True:
            self._changed.clear()
            if self._closing.is_set():
                return
            try:
                self._listen(self._folders, polling)
            except (OSError, RuntimeError) as error:  # what the system says, and an error of the library itself
                log.log(logging.DEBUG if polling else logging.WARNING, "The inbox cannot be watched: %s", error)
                self._closing.wait(AGAIN_SECONDS if polling else 0)
                polling = True

    def _listen(self, folders: Sequence[Path], polling: bool) -> None:
        from watchfiles import watch  # 20 ms that only a host that trains needs

        for _ in watch(
            *folders,
            watch_filter=None,
            debounce=GATHER_MS,
            step=STEP_MS,
            stop_event=self._changed,
            raise_interrupt=False,
            force_polling=polling or None,
            poll_delay_ms=POLL_MS,
            recursive=False,
            ignore_permission_denied=True,
        ):
            self._ring()
