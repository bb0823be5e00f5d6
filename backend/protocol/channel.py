"""Typed messages as JSON over a connection with an authentication key; never pickle."""

import contextlib
import os
import secrets
import sys
import tempfile
from multiprocessing.connection import Client, Listener
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import msgspec

Sent = TypeVar("Sent")
Received = TypeVar("Received")
KEY_BYTES = 32
LONGEST_FOLDER = 60


class Wire(Protocol):
    """What is used of multiprocessing's connections, which are of another class on Windows."""

    def send_bytes(self, buf: bytes) -> None: ...
    def recv_bytes(self) -> bytes: ...
    def poll(self, timeout: float | None = ...) -> bool: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...


class Channel(Generic[Sent, Received]):
    """One end of a connection. Not safe for two threads that send at once."""

    def __init__(self, connection: Wire, received: Any) -> None:
        self._connection = connection
        self._decoder: msgspec.json.Decoder[Received] = msgspec.json.Decoder(received)
        self._encoder = msgspec.json.Encoder()

    def send(self, message: Sent) -> None:
        """Raises OSError (BrokenPipeError among them) when the other end is gone."""
        self._connection.send_bytes(self._encoder.encode(message))

    def receive(self) -> Received:
        """The next message; waits for it.

        Raises:
            EOFError: the other end closed.
            msgspec.DecodeError: the message is not of the protocol.
        """
        return self._decoder.decode(self._connection.recv_bytes())

    def ready(self, seconds: float = 0.0) -> bool:
        """Whether a message (or the end) is there within `seconds`."""
        return self._connection.poll(seconds)

    def fileno(self) -> int:
        return self._connection.fileno()

    def close(self) -> None:
        self._connection.close()


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


class _SocketListener(Listener):
    """A Unix socket in a folder of its own that only its owner may enter; both go when it closes."""

    def __init__(self, key: bytes) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="espalier-", dir=_runtime_folder()))
        super().__init__(str(self._folder / "socket"), "AF_UNIX", authkey=key)

    def close(self) -> None:
        super().close()
        with contextlib.suppress(FileNotFoundError):
            self._folder.rmdir()


class _PipeListener(Listener):
    """A named pipe, which Windows gives to its owner alone."""

    def __init__(self, key: bytes) -> None:
        super().__init__(f"\\\\.\\pipe\\espalier-{secrets.token_hex(8)}", "AF_PIPE", authkey=key)


def listen(key: bytes) -> Listener:
    """A local listener on a short, private address: a Unix socket (names end at 108 bytes), or a Windows pipe."""
    return _PipeListener(key) if sys.platform == "win32" else _SocketListener(key)


def connect(address: str, key: bytes) -> Wire:
    """Raises OSError when nobody listens, AuthenticationError when the key is wrong."""
    return Client(address, authkey=key)


def _runtime_folder() -> str:
    """The first folder that is writable and short enough for a socket's name."""
    for place in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir()):
        if place and len(os.fsencode(place)) < LONGEST_FOLDER and os.access(place, os.W_OK):
            return place
    return "/tmp"
