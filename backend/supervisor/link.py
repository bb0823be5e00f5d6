"""The wire to one engine process: threads that only move messages between a channel and queues."""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError

import msgspec

from backend.paths import Home
from backend.protocol import channel
from backend.protocol.channel import Channel
from backend.protocol.engine import EngineCommand, EngineEvent
from backend.supervisor.launcher import EngineCall, Launcher

log = logging.getLogger(__name__)
DRAIN_SECONDS = 10.0


class Exited(msgspec.Struct, frozen=True, kw_only=True):
    """The process is gone and everything it said before has been taken in. Negative codes are signals."""

    code: int
    met: bool = True
    """Whether it ever reached us."""


class HungUp(msgspec.Struct, frozen=True, kw_only=True):
    """The engine closed its end, or spoke what nobody understands, but its process may still be there."""

    why: str


Said = EngineEvent | Exited | HungUp


class EngineLink:
    """One engine from start to exit. `take` returns what it said, in order, ending with `Exited`."""

    def __init__(self, launcher: Launcher, home: Home, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._said: queue.SimpleQueue[Said] = queue.SimpleQueue()
        self._to_send: queue.SimpleQueue[EngineCommand | None] = queue.SimpleQueue()
        self._key = channel.new_key()
        self._listener = channel.listen(self._key)
        self._address = str(self._listener.address)
        self._channel: Channel[EngineCommand, EngineEvent] | None = None
        self._over = threading.Event()
        call = EngineCall(address=self._address, key=self._key.hex(), home=str(home.root))
        try:
            self.process = launcher.start(call)
        except BaseException:
            self._listener.close()
            raise
        self._reader = threading.Thread(target=self._read, name="engine-reader", daemon=True)
        self._watcher = threading.Thread(target=self._watch, name="engine-watcher", daemon=True)
        self._sender = threading.Thread(target=self._write, name="engine-sender", daemon=True)
        for thread in (self._reader, self._watcher):
            thread.start()

    @property
    def met(self) -> bool:
        """Whether the engine has reached us."""
        return self._channel is not None

    def send(self, command: EngineCommand) -> None:
        """Never waits; what is sent before the engine is up reaches it in order."""
        self._to_send.put(command)

    def take(self) -> list[Said]:
        """Everything said since the last call."""
        said: list[Said] = []
        with contextlib.suppress(queue.Empty):
            while True:
                said.append(self._said.get_nowait())
        return said

    def _say(self, message: Said) -> None:
        self._said.put(message)
        self._ring()

    def _read(self) -> None:
        connection = self._accept()
        if connection is None:
            return
        self._channel = connection
        self._sender.start()
        try:
            while True:
                self._say(connection.receive())
        except (EOFError, OSError):
            self._say(HungUp(why="The engine closed its connection."))
        except msgspec.MsgspecError as error:
            log.exception("The engine sent what is not of the protocol.")
            self._say(HungUp(why=f"The engine sent an unknown message: {error}"))
        finally:
            self._to_send.put(None)

    def _accept(self) -> Channel[EngineCommand, EngineEvent] | None:
        while not self._over.is_set():
            try:
                connection = self._listener.accept()
            except (AuthenticationError, EOFError, ConnectionError):
                continue
            except OSError:
                return None
            if self._over.is_set():
                connection.close()
                return None
            return Channel(connection, EngineEvent)
        return None

    def _write(self) -> None:
        assert self._channel is not None
        while (command := self._to_send.get()) is not None:
            try:
                self._channel.send(command)
            except OSError:
                return

    def _watch(self) -> None:
        """After the process has ended: let the reader finish, wake it if it still waits for a caller, then report."""
        code = self.process.wait()
        self._over.set()
        met = self.met
        if not met:
            with contextlib.suppress(OSError, EOFError, AuthenticationError):
                channel.connect(self._address, self._key).close()
        self._reader.join(DRAIN_SECONDS)
        self._listener.close()
        if self._channel is not None:
            self._channel.close()
        self._say(Exited(code=code, met=met or self.met))
