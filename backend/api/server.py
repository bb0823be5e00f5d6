"""Listens at one address until a signal comes, and answers by the application."""

import contextlib
import errno
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from backend.errors import UserError, WrongUse

AT_ONCE = 64
"""So many connections are answered at the same time; more are told to come again (503)."""
GRACE_SECONDS = 2
WAITING = 128
"""So many clients may knock before the first is answered."""


class _Server(uvicorn.Server):
    """Signals are noted by the program, which is asked ten times a second whether it shall end."""

    def __init__(self, config: uvicorn.Config, shall_end: Callable[[], bool]) -> None:
        super().__init__(config)
        self._shall_end = shall_end

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._shall_end()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at this address; port 0 takes a free one. Clients may knock from now on.

    Raises:
        UserError: another program listens there, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return _listening(socket.socket(family, kind, protocol), address)
    except OSError as error:
        raise _unusable(host, port, error) from error


def serve(app: ASGIApp, listener: socket.socket, shall_end: Callable[[], bool]) -> None:
    """Answer until `shall_end`; what is being answered then is finished within `GRACE_SECONDS`."""
    config = uvicorn.Config(
        app,
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=AT_ONCE,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _Server(config, shall_end).run(sockets=[listener])


def _listening(opened: socket.socket, address: tuple[Any, ...]) -> socket.socket:
    """On Windows the option that lets others share a port is left alone, for there it would let them take it."""
    try:
        if sys.platform == "win32":
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(WAITING)
    except BaseException:
        opened.close()
        raise
    return opened


def _unusable(host: str, port: int, error: OSError) -> UserError:
    if error.errno == errno.EADDRINUSE:
        return UserError(f"Another program listens at {host}:{port}.", "Choose another port with --port, or 0 for any.")
    if error.errno == errno.EACCES:
        return UserError(f"Port {port} may not be used here.", "Choose one above 1023 with --port.")
    return WrongUse(f"{host}:{port} is no address of this machine: {error}.", "Choose another with --host.")
