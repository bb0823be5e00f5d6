"""A host for tests: starts the real engine process and speaks its protocol."""

import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import msgspec

from backend.engine.__main__ import Invitation
from backend.paths import Home
from backend.protocol import channel
from backend.protocol.engine import EngineCommand, EngineEvent, Leave, Ready

Event = TypeVar("Event")
SECONDS = 60.0
"""Longer than anything here takes; a test that waits this long has failed."""


class EngineHost:
    """One engine process. `until` collects what it says; a silent or ended engine fails the test with its stderr."""

    def __init__(self, home: Home) -> None:
        key = channel.new_key()
        self._listener = channel.listen(key)
        self._errors = (home.root / "engine-stderr.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "backend.engine"],
            stdin=subprocess.PIPE,
            stderr=self._errors,
            cwd=Path(__file__).parents[2],
        )
        invitation = Invitation(address=str(self._listener.address), key=key.hex(), home=str(home.root))
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(invitation) + b"\n")
        self.process.stdin.close()
        self._channel: channel.Channel[EngineCommand, EngineEvent] = channel.Channel(
            self._listener.accept(), EngineEvent
        )
        self.told: list[EngineEvent] = []

    def ready(self) -> "EngineHost":
        self.until(Ready)
        return self

    def send(self, command: EngineCommand) -> None:
        self._channel.send(command)

    def until(self, kind: type[Event], step: int | None = None) -> Event:
        """The next event of the kind, and of the step where one is named."""
        while True:
            assert self._channel.ready(SECONDS), f"The engine said nothing; last: {self.told[-1:]}\n{self._stderr()}"
            try:
                event = self._channel.receive()
            except EOFError:
                raise AssertionError(f"The engine ended; last: {self.told[-1:]}\n{self._stderr()}") from None
            self.told.append(event)
            if isinstance(event, kind) and step in (None, getattr(event, "step", None)):
                return event

    def leave(self) -> int:
        """Ask it to leave; returns its exit status."""
        self.send(Leave())
        return self.process.wait(SECONDS)

    def hang_up(self) -> int:
        """Close the connection as a dying host does; returns the engine's exit status."""
        self._channel.close()
        return self.process.wait(SECONDS)

    def close(self) -> None:
        """End the process if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._channel.close()
        self._listener.close()
        self._errors.close()

    def _stderr(self) -> str:
        self._errors.seek(0)
        return self._errors.read()
