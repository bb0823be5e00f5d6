"""The child that looks at a file: started, heard, watched for time and memory, and ended when nobody looks any more."""

import contextlib
import logging
import os
import queue
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil

from backend import files, settings
from backend.errors import UserError
from backend.paths import Home
from backend.protocol.preview import Looked, NotReadable, PreviewEvent, PreviewOrder
from backend.runtime.children import Child, command_of
from backend.supervisor import child

log = logging.getLogger(__name__)
LOG_LIMIT = 1 << 20
MEMORY_LIMIT = 2 << 30
"""Resident bytes. Rows are streamed, so only something that is no file of rows needs as much."""
SILENCE_SECONDS = 120.0
"""One portion of rows takes far less, unless a chat template does not end."""
WATCH_SECONDS = 0.5
_DECODER: msgspec.json.Decoder[PreviewEvent] = msgspec.json.Decoder(PreviewEvent)


class PreviewProcess:
    """One child. `take` ends with a last `Looked` or with `NotReadable`, whatever happens to it."""

    def __init__(self, order: PreviewOrder, home: Home, command: Sequence[str] | None = None) -> None:
        self.over = False
        """The last event was taken."""
        self._heard: queue.SimpleQueue[PreviewEvent | None] = queue.SimpleQueue()
        self._early: list[PreviewEvent | None] = []
        self._log = home.logs / "preview.log"
        self._heard_at = self._watched_at = time.monotonic()
        try:
            self._process: subprocess.Popen[bytes] | None = _started(command or preview_command(home), self._log)
        except OSError as error:
            log.warning("The preview could not be started: %s", error)
            self._process = None
            self._heard.put(NotReadable(message=f"The preview could not be started: {error}."))
            return
        except UserError as error:
            self._process = None
            self._heard.put(NotReadable(message=error.message, hint=error.hint))
            return
        child.hand_over(self._process, order)
        threading.Thread(target=self._read, name="preview-reader", daemon=True).start()

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def take(self) -> list[PreviewEvent]:
        """Everything heard since the last call; never waits."""
        events: list[PreviewEvent] = []
        heard, self._early = self._early, []
        with contextlib.suppress(queue.Empty):
            while True:
                heard.append(self._heard.get_nowait())
        for event in heard:
            if not self.over:
                self._heard_at = time.monotonic()
                events.append(event if event is not None else self._gone())
                self.over = _ends(events[-1])
        if not self.over and (reason := self._breach()) is not None:
            self.over = True
            self.close()
            events.append(reason)
        return events

    def wait(self, seconds: float) -> None:
        """Until something can be taken, at most so long."""
        with contextlib.suppress(queue.Empty):
            self._early.append(self._heard.get(timeout=seconds))

    def close(self) -> None:
        """Ask it to end, and see that it does; it has nothing to save."""
        process = self._process
        if process is None:
            return
        self._process = None
        child.end(process)

    def _read(self) -> None:
        process = self._process
        if process is None or process.stdout is None:
            return
        with process.stdout as lines:
            try:
                for line in lines:
                    self._heard.put(_DECODER.decode(line))
            except (OSError, ValueError, msgspec.MsgspecError):
                log.exception("The preview said what nobody understands.")
        self._heard.put(None)

    def _gone(self) -> NotReadable:
        code = self._process.wait() if self._process is not None else 0
        hint = f"{self._log} may say why." if self._log.exists() else ""
        return NotReadable(message=f"The preview ended without a result (exit status {code}).", hint=hint)

    def _breach(self) -> NotReadable | None:
        """Why it has to be ended, if it has."""
        now = time.monotonic()
        if self._process is None or now - self._watched_at < WATCH_SECONDS:
            return None
        self._watched_at = now
        if now - self._heard_at > SILENCE_SECONDS:
            return NotReadable(
                message=f"The preview was ended: nothing came of it in {SILENCE_SECONDS:.0f} s.",
                hint="A row may be too much for the model's chat template.",
            )
        try:
            used = psutil.Process(self._process.pid).memory_info().rss
        except psutil.Error:
            return None
        if used <= MEMORY_LIMIT:
            return None
        return NotReadable(
            message=f"The preview was ended: it took more than {MEMORY_LIMIT >> 30} GB of memory.",
            hint="Look whether the file holds one row on each line.",
        )


def preview_command(home: Home) -> Sequence[str]:
    """What counts tokens as the engine of this home does: run by the same Python."""
    return command_of(Child.PREVIEW, settings.load(home).engine.python)


def _ends(event: PreviewEvent) -> bool:
    return isinstance(event, NotReadable) or (isinstance(event, Looked) and event.last)


def _started(command: Sequence[str], log_file: Path) -> "subprocess.Popen[bytes]":
    kept = files.open_log(log_file, LOG_LIMIT) if log_file.parent.is_dir() else None
    try:
        return child.start(command, subprocess.PIPE, subprocess.DEVNULL if kept is None else kept)
    finally:
        if kept is not None:
            os.close(kept)
