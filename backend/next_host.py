"""A host for commands that change something: where the one that was asked is just ending, its successor is asked."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from backend.client import HostGone
from backend.protocol.host import Failure, HostEvent, Reply, Request

if TYPE_CHECKING:
    from backend.client import RemoteHost
    from backend.service import Service

PATIENCE_SECONDS = 60.0


class NextHost:
    """`Host`. A host that ends well has answered all that it did, so that asking again does nothing twice."""

    def __init__(self, opened: "Callable[[], Service | RemoteHost]") -> None:
        """`opened` becomes the host of the home, or the client of the program that is."""
        self._opened = opened
        self._host = opened()

    def handle(self, request: Request) -> Reply:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                reply = self._host.handle(request)
            except HostGone:
                if time.monotonic() > deadline:
                    raise
            else:
                if not (isinstance(reply, Failure) and reply.again) or time.monotonic() > deadline:
                    return reply
            self._host.close()
            self._host = self._opened()

    def pump(self) -> list[HostEvent]:
        return self._host.pump()

    def serve(self) -> None:
        self._host.serve()

    def wait(self, seconds: float) -> None:
        self._host.wait(seconds)

    def close(self) -> None:
        self._host.close()
