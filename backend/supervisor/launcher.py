"""How an engine process comes to be; everything else about it is the same wherever it runs."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from backend import files
from backend.frozen import is_frozen
from backend.paths import Home
from backend.supervisor import child

LOG_LIMIT = 5 << 20


class EngineCall(msgspec.Struct, frozen=True, kw_only=True):
    """The one line that a new engine reads from its standard input: where its host listens."""

    address: str
    key: str
    """Hexadecimal."""
    home: str


class EngineProcess(Protocol):
    """A started engine, as `subprocess.Popen` is one."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


class Launcher(Protocol):
    """Starts engines. `engine_command` is what a local one runs; several GPUs or hosts need another launcher."""

    def start(self, call: EngineCall) -> EngineProcess:
        """Start one and hand it `call`. Raises OSError when it cannot be started."""
        ...

    @property
    def trial(self) -> Sequence[str]:
        """What a child runs that loads a model once (backend/protocol/trial.py)."""
        ...


class LocalLauncher:
    """One plain child on this machine, in its own session, so that Ctrl-C does not reach it (semantics.md 9)."""

    def __init__(self, command: Sequence[str] | None = None, trial: Sequence[str] | None = None) -> None:
        self._command = tuple(command) if command is not None else engine_command()
        self._trial = tuple(trial) if trial is not None else trial_command()

    @property
    def trial(self) -> Sequence[str]:
        return self._trial

    def start(self, call: EngineCall) -> EngineProcess:
        descriptor = files.open_log(Home(Path(call.home)).logs / "engine.log", LOG_LIMIT)
        try:
            process = child.start(self._command, descriptor, descriptor)
        finally:
            os.close(descriptor)
        assert process.stdin is not None
        try:
            with process.stdin as stdin:
                stdin.write(msgspec.json.encode(call) + b"\n")
        except OSError:
            # It is gone already; whoever waits for it sees its exit status.
            process.kill()
        return process


def engine_command() -> tuple[str, ...]:
    """The real engine: this program again, told to be one."""
    if is_frozen():
        return (sys.executable, "--engine")
    return (sys.executable, "-m", "backend.engine")


def trial_command() -> tuple[str, ...]:
    """The real trial."""
    if is_frozen():
        return (sys.executable, "--trial")
    return (sys.executable, "-m", "backend.engine.trial")
