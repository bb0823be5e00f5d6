"""How an engine process comes to be; everything else about it is the same wherever it runs."""

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from backend import files
from backend.paths import Home
from backend.runtime.children import Child, command_of
from backend.runtime.interpreter import WAY_OUT, RuntimeUnusable
from backend.supervisor import child

log = logging.getLogger(__name__)
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
        """Start one and hand it `call`. Raises OSError or RuntimeUnusable when it cannot be started."""
        ...

    @property
    def python(self) -> str:
        """The user's own Python that the engine started last runs on, as it was named; empty for the program's own."""
        ...

    @property
    def trial(self) -> Sequence[str]:
        """What a child runs that loads a model once (backend/protocol/trial.py). Raises RuntimeUnusable."""
        ...


class LocalLauncher:
    """One plain child on this machine, in its own session, so that Ctrl-C does not reach it (semantics.md 9)."""

    def __init__(
        self,
        command: Sequence[str] | None = None,
        trial: Sequence[str] | None = None,
        python: Callable[[], str] = str,
    ) -> None:
        """Args: python: the setting engine.python, asked at each start; an engine that runs keeps what it has."""
        self._command = command
        self._trial = trial
        self._python = python
        self._started_on = ""

    @property
    def python(self) -> str:
        return self._started_on

    @property
    def trial(self) -> Sequence[str]:
        return self._trial if self._trial is not None else trial_command(self._python())

    def start(self, call: EngineCall) -> EngineProcess:
        python = self._python()
        command = self._command if self._command is not None else engine_command(python)
        self._started_on = python
        log.info("The engine runs as: %s", " ".join(command))
        descriptor = files.open_log(Home(Path(call.home)).logs / "engine.log", LOG_LIMIT)
        try:
            process = child.start(command, descriptor, descriptor)
        except OSError as error:
            if not python:
                raise
            raise RuntimeUnusable(f"{command[0]} cannot be started: {error.strerror or error}.", WAY_OUT) from error
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


def engine_command(python: str = "") -> Sequence[str]:
    """The real engine, run by the Python that the user named or by this program again."""
    return command_of(Child.ENGINE, python)


def trial_command(python: str = "") -> Sequence[str]:
    """The real trial."""
    return command_of(Child.TRIAL, python)
