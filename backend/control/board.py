"""The status of the host, kept current; state.json shows it at every transition and heartbeat."""

import logging
import shutil
import time
from typing import Any

import msgspec
import psutil

from backend import files
from backend.clock import utc_now
from backend.domain.status import HostState, Status
from backend.errors import NoSpace
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.engine import Metric
from backend.protocol.host import StatusChanged

log = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 1.0
QUIET_SECONDS = 5.0
"""Heartbeat while nothing trains."""
SMOOTHING = 0.1
"""Weight of the newest step in the time that a step takes."""

TRANSITIONS = ("state", "job", "reason", "paused_at", "signals")
RUNNING_FIELDS: dict[str, Any] = {
    "job": None,
    "current_file": None,
    "step": None,
    "total_steps": None,
    "epoch": None,
    "loss": None,
    "heldout_loss": None,
    "learning_rate": None,
    "tokens_per_second": None,
    "eta_seconds": None,
    "checkpoint_step": None,
    "activity": None,
    "memory_bytes": None,
    "engine_released": None,
    "release_at": None,
}
"""What holds only while a job is held, and its value when none is."""


class Board:
    """Facts are put here by the parts that know them."""

    def __init__(self, home: Home, outbox: Outbox) -> None:
        self._home = home
        self._outbox = outbox
        process = psutil.Process()
        started = utc_now()
        self.status = Status(pid=process.pid, host_started_at=started, heartbeat=started, last_update=started)
        self._written = 0.0
        self._step_seconds: float | None = None
        self._seconds = 0.0

    def put(self, **facts: Any) -> None:
        """Change facts; written and told at once when one is a transition."""
        before = self.status
        self.status = msgspec.structs.replace(before, **facts)
        if any(getattr(before, name) != getattr(self.status, name) for name in TRANSITIONS):
            self.status = msgspec.structs.replace(self.status, last_update=utc_now())
            self.publish()

    def clear_job(self) -> None:
        """Nothing is held any more: its fields become None."""
        self._step_seconds = None
        self.put(**RUNNING_FIELDS)

    def metric(self, metric: Metric) -> None:
        """Take one optimizer step into the status; the heartbeat shows it."""
        took = metric.seconds - self._seconds
        self._seconds = metric.seconds
        if took > 0:
            last = self._step_seconds
            self._step_seconds = took if last is None else last + SMOOTHING * (took - last)
        left = metric.total_steps - metric.step
        self.put(
            step=metric.step,
            total_steps=metric.total_steps,
            epoch=metric.epoch,
            loss=metric.loss,
            learning_rate=metric.learning_rate,
            tokens_per_second=metric.tokens_per_second,
            memory_bytes=metric.memory_bytes,
            eta_seconds=None if self._step_seconds is None else left * self._step_seconds,
            activity=None,
        )

    def new_segment(self) -> None:
        """Step times of another segment say nothing of this one."""
        self._seconds = 0.0
        self._step_seconds = None

    def beat(self) -> None:
        """Show that the host lives, at most once a second."""
        quiet = self.status.state in (HostState.IDLE, HostState.STOPPED, HostState.PAUSED)
        if time.monotonic() - self._written >= (QUIET_SECONDS if quiet else HEARTBEAT_SECONDS):
            self.publish()

    def publish(self) -> None:
        """Write state.json, then tell."""
        self._written = time.monotonic()
        free = shutil.disk_usage(self._home.root).free
        self.status = msgspec.structs.replace(self.status, heartbeat=utc_now(), free_disk_bytes=free)
        content = msgspec.json.format(msgspec.json.encode(state_json(self.status)), indent=1) + b"\n"
        try:
            files.write(self._home.state, content)
        except NoSpace as error:  # what it shows is true all the same, and the next heartbeat tries again
            log.warning("%s", error)
        self._outbox.tell(StatusChanged(status=self.status))


def state_json(status: Status) -> dict[str, Any]:
    """Status with the name that programs outside know its state by."""
    fields: dict[str, Any] = msgspec.to_builtins(status)
    return {"status": fields.pop("state"), **fields}
