"""What the host is doing now, as state.json, `status --json` and the window's status line show it."""

import enum

import msgspec


class HostState(enum.StrEnum):
    """Facts, not wishes: `pausing` lasts until the engine has reported that the checkpoint is on disk."""

    IDLE = "idle"
    TRAINING = "training"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    SKIPPING = "skipping"
    STOPPED = "stopped"


BUSY = frozenset({HostState.TRAINING, HostState.PAUSING, HostState.STOPPING, HostState.SKIPPING})
"""States in which an engine works: the machine stays awake, and ending the host would interrupt it."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of facts. Fields that do not hold now are None. Times are UTC, ISO 8601."""

    state: HostState = HostState.IDLE
    last_update: str = ""
    job: int | None = None
    current_file: str | None = None
    step: int | None = None
    total_steps: int | None = None
    epoch: float | None = None
    loss: float | None = None
    heldout_loss: float | None = None
    learning_rate: float | None = None
    tokens_per_second: float | None = None
    eta_seconds: float | None = None
    checkpoint_step: int | None = None
    """Step of the job's last verified checkpoint."""
    paused_at: str | None = None
    engine_released: bool | None = None
    """While paused: whether the engine has ended and freed its memory."""
    release_at: str | None = None
    """While paused with the memory still taken: when it will be freed."""
    activity: str | None = None
    """What the engine does before the first step, for example "reading gsm8k.jsonl"."""
    reason: str | None = None
    signals: tuple[str, ...] = ()
    waiting: int = 0
    device: str | None = None
    accelerator: bool | None = None
    """Whether `device` is a GPU or its like, with memory of its own."""
    python: str | None = None
    """The program that the engine runs on, the owner's own Python or this one, as the engine itself said."""
    memory_bytes: int | None = None
    """Resident memory of the engine, or GPU memory it holds where it trains on one."""
    free_disk_bytes: int | None = None
    pid: int | None = None
    """The host's process id, with `host_started_at` and `heartbeat` enough to recognise a dead host."""
    host_started_at: str | None = None
    heartbeat: str | None = None
