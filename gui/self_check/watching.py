"""Watches the child that tries the parts: hears it, gives up on what hangs, and leaves no process behind."""

import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil

from backend import files
from backend.cli.endings import Endings
from backend.frozen import is_frozen
from backend.supervisor import child
from gui.self_check.rows import TASKS, Began, Ended, Order, Row, Said, Task, Verdict, not_run

log = logging.getLogger(__name__)
WORK = "--self-check-work"
"""What the front door is told to become the child."""
LOOK_SECONDS = 0.25
START_SECONDS = 120.0
"""Until the child tells of its first row."""
LEAVE_SECONDS = 15.0
LOG_LIMIT = 1 << 20
_DECODER: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


class Watched:
    """One child and all that it starts. `end` has to be called, whatever happens."""

    def __init__(self, folder: Path, log_file: Path) -> None:
        """Raises OSError where the child cannot be started."""
        self._descendants: set[psutil.Process] = set()
        self._heard: queue.SimpleQueue[Said | None] = queue.SimpleQueue()
        kept = files.open_log(log_file, LOG_LIMIT)
        try:
            self._process = child.start(work_command(), subprocess.PIPE, kept)
        finally:
            os.close(kept)
        child.hand_over(self._process, Order(folder=str(folder)))
        threading.Thread(target=self._read, name="self-check-reader", daemon=True).start()

    def rows(self, endings: Endings, tell: Callable[[str], object]) -> tuple[Row, ...]:
        """All rows: as the child found them, or failed by its end or its silence. `tell` hears what is tried now.

        Raises:
            Stopped: a signal came.
        """
        rows: list[Row] = []
        since, limit = time.monotonic(), START_SECONDS
        while len(rows) < len(TASKS):
            endings.raise_if_any()
            self._note_descendants()
            task, waited = TASKS[len(rows)], time.monotonic() - since
            try:
                said = self._heard.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                if waited > limit:
                    rows.append(_failed(task, waited, f"It did not end within {limit:.0f} s."))
                    break
                continue
            match said:
                case Began():
                    since, limit = time.monotonic(), task.seconds
                    tell(task.name)
                case Ended(row=row):
                    rows.append(row)
                    since, limit = time.monotonic(), START_SECONDS
                case None:
                    rows.append(_failed(task, waited, f"Espalier ended in the midst of it ({self._end_in_words()})."))
                    break
        return (*rows, *(not_run(task.name) for task in TASKS[len(rows) :]))

    def left_behind(self) -> tuple[str, ...]:
        """After the last row: what did not end by itself as it should, in words."""
        self._note_descendants()
        wrong: list[str] = []
        try:
            if self._process.wait(LEAVE_SECONDS):
                wrong.append(f"Espalier itself ended badly ({self._end_in_words()})")
        except subprocess.TimeoutExpired:
            wrong.append("Espalier itself does not end")
        return (*wrong, *(f"{_name_of(process)} does not end" for process in self._wait_for_descendants()))

    def end(self) -> None:
        """See the child and all that it started gone, by force where it must be."""
        self._note_descendants()
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        for process in self._descendants:
            with contextlib.suppress(psutil.Error):
                process.kill()
        self._wait_for_descendants()
        with contextlib.suppress(OSError):
            child.end(self._process)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            try:
                for line in lines:
                    self._heard.put(_DECODER.decode(line))
            except (OSError, ValueError, msgspec.MsgspecError):
                log.exception("The self-check said what nobody understands.")
        self._heard.put(None)

    def _note_descendants(self) -> None:
        """Those of a child that is gone can no longer be found, so they are noted while it is there."""
        if self._process.poll() is not None:
            return  # its number may be another's by now
        with contextlib.suppress(psutil.Error):
            self._descendants.update(psutil.Process(self._process.pid).children(recursive=True))

    def _wait_for_descendants(self) -> list[psutil.Process]:
        """Those that are there after a while."""
        deadline = time.monotonic() + LEAVE_SECONDS
        while there := [process for process in self._descendants if _is_there(process)]:
            if time.monotonic() > deadline:
                return there
            time.sleep(LOOK_SECONDS)
        return []

    def _end_in_words(self) -> str:
        try:
            return f"exit status {self._process.wait(LEAVE_SECONDS)}"
        except subprocess.TimeoutExpired:
            return "though it still runs"


def work_command() -> tuple[str, ...]:
    """This program again, told to try its parts."""
    if is_frozen():
        return (sys.executable, WORK)
    return (sys.executable, "-m", "gui", WORK)


def _failed(task: Task, seconds: float, text: str) -> Row:
    return Row(name=task.name, verdict=Verdict.FAILED, seconds=seconds, text=text, hint="The log may say why.")


def _is_there(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _name_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()[-2:]) or process.name()
    except psutil.Error:
        return f"process {process.pid}"
