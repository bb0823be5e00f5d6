"""Loads a copied model once in a child of its own, watched for time and memory, and ended when it is cancelled."""

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

from backend import files
from backend.clock import utc_now
from backend.errors import UserError
from backend.operations.work import Progress
from backend.protocol.trial import TrialEvent, TrialFailed, TrialOrder, Tried
from backend.supervisor import child

log = logging.getLogger(__name__)
LOG_LIMIT = 1 << 20
PROGRAM_BYTES = 1 << 30
"""What the libraries take, whatever the model."""
FLOAT32_SHARE = 2.2
"""Memory that a model may take, by the bytes of its files: they are half as wide as float32."""
START_SECONDS = 300.0
BYTES_A_SECOND = 20e6
"""A slow disk and a slow CPU."""
LOOK_SECONDS = 0.2
_DECODER: msgspec.json.Decoder[TrialEvent] = msgspec.json.Decoder(TrialEvent)


class NotLoadable(UserError):
    """The model does not load, or its numbers are none."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. Without a time it was not tried, and `message` says why."""

    loaded_at: str | None = None
    message: str = ""


def try_once(command: Sequence[str], logs: Path, base: Path, adapter: Path | None, progress: Progress) -> Trial:
    """Load a base with its adapter, or alone, and have it answer.

    Args:
        logs: the folder that keeps what the child writes to its standard error.

    Raises:
        NotLoadable: it was tried and does not load.
        Cancelled: the child is gone.
    """
    size = files.size_of(base)
    needed = int(size * FLOAT32_SHARE) + PROGRAM_BYTES
    free = psutil.virtual_memory().available
    if free < needed:
        return Trial(message=f"Not loaded: that takes {needed:,} bytes of memory, and {free:,} are free.")
    order = TrialOrder(base=str(base), adapter=None if adapter is None else str(adapter))
    descriptor = files.open_log(logs / "trial.log", LOG_LIMIT)
    try:
        process = child.start(command, subprocess.PIPE, descriptor)
    except OSError as error:
        raise NotLoadable(f"The trial could not be started: {error}.", "Try again.") from error
    finally:
        os.close(descriptor)
    try:
        return _outcome(process, order, START_SECONDS + size / BYTES_A_SECOND, needed, progress)
    finally:
        child.end(process)


def _outcome(
    process: "subprocess.Popen[bytes]", order: TrialOrder, seconds: float, memory: int, progress: Progress
) -> Trial:
    heard: queue.SimpleQueue[TrialEvent | None] = queue.SimpleQueue()
    child.hand_over(process, order)
    threading.Thread(target=_listen, args=(process, heard), name="trial-reader", daemon=True).start()
    deadline = time.monotonic() + seconds
    while True:
        try:
            event = heard.get(timeout=LOOK_SECONDS)
            break
        except queue.Empty:
            progress.heed()
            if time.monotonic() > deadline:
                raise NotLoadable(f"{order.base} did not load in {seconds:.0f} s.", "Try again.") from None
            if _memory_of(process) > memory:
                return Trial(message=f"Not loaded: it took more than {memory:,} bytes of memory.")
    match event:
        case Tried():
            return Trial(loaded_at=utc_now())
        case TrialFailed(message=message, hint=hint):
            raise NotLoadable(message, hint)
        case None:
            code = process.wait()
            raise NotLoadable(f"The trial ended without a result (exit status {code}).", "logs/trial.log may say why.")


def _listen(process: "subprocess.Popen[bytes]", heard: "queue.SimpleQueue[TrialEvent | None]") -> None:
    assert process.stdout is not None
    with process.stdout as lines:
        try:
            for line in lines:
                heard.put(_DECODER.decode(line))
        except (OSError, ValueError, msgspec.MsgspecError):
            log.exception("The trial said what nobody understands.")
    heard.put(None)


def _memory_of(process: "subprocess.Popen[bytes]") -> int:
    try:
        return int(psutil.Process(process.pid).memory_info().rss)
    except psutil.Error:
        return 0
