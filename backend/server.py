"""Lets other programs use this host over a local socket; its threads only move messages, the host's thread acts."""

import collections
import contextlib
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing import AuthenticationError
from pathlib import Path
from typing import TypeVar

import msgspec

from backend import host_card
from backend.clock import utc_now
from backend.host_card import HostCard
from backend.paths import Home
from backend.protocol import channel
from backend.protocol.channel import Channel
from backend.protocol.engine import Activity, LogLine, Metric
from backend.protocol.host import HostEvent, Outgoing, Request

log = logging.getLogger(__name__)
Item = TypeVar("Item")
POLL_SECONDS = 0.25
THIN_ABOVE = 500
"""With more unsent messages than this, a follower gets no metrics, activities and log lines."""
FLUSH_SECONDS = 1.0
"""So long a host that closes waits for clients to take what was answered already."""
CLOSE_SECONDS = 5.0
"""So long a host that closes waits for its own listening to end."""
DROP_ABOVE = 20_000
"""With more unsent facts than this, a follower is stuck and is let go."""


class Client:
    """Another program. `send` never waits for it."""

    def __init__(self, link: Channel[Outgoing, Request], arrived: Callable[["Client", Request], None]) -> None:
        self._channel = link
        self._arrived = arrived
        self._unsent: collections.deque[Outgoing] = collections.deque()
        self._changed = threading.Condition()
        self.follows = False
        self.gone = False
        threading.Thread(target=self._read, name="client-reader", daemon=True).start()
        self._sender = threading.Thread(target=self._write, name="client-sender", daemon=True)
        self._sender.start()

    def send(self, message: Outgoing) -> None:
        with self._changed:
            if len(self._unsent) >= THIN_ABOVE and isinstance(message, Metric | Activity | LogLine):
                return
            if len(self._unsent) >= DROP_ABOVE:
                log.warning("A client that does not read is let go.")
                self.gone = True
            self._unsent.append(message)
            self._changed.notify()

    def hang_up(self) -> None:
        with self._changed:
            self.gone = True
            self._changed.notify()

    def flush(self, seconds: float) -> None:
        """Wait until everything is sent; after `hang_up`."""
        self._sender.join(seconds)

    def _read(self) -> None:
        try:
            while not self.gone:
                if self._channel.ready(POLL_SECONDS):
                    self._arrived(self, self._channel.receive())
        except (EOFError, OSError):
            pass
        except msgspec.MsgspecError:
            log.warning("A client sent what is not of the protocol, and is let go.")
        self.hang_up()

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._unsent or self.gone)
                if not self._unsent:
                    break
                message = self._unsent.popleft()
            try:
                self._channel.send(message)
            except OSError:
                break
        self.gone = True
        with contextlib.suppress(OSError):
            self._channel.close()


class Server:
    """Listens from its making until `close`. A failing client or socket never reaches training."""

    def __init__(self, home: Home, ring: Callable[[], None]) -> None:
        self._home = home
        self._ring = ring
        _clear_after_a_dead_host(home)
        self._key = channel.new_key()
        self._listener = channel.listen(self._key)
        self._address = str(self._listener.address)
        self._clients: list[Client] = []
        self._came: queue.SimpleQueue[Client] = queue.SimpleQueue()
        self._requests: queue.SimpleQueue[tuple[Client, Request]] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="server", daemon=True)
        self._thread.start()
        card = HostCard(address=self._address, key=self._key.hex(), pid=os.getpid(), started_at=utc_now())
        host_card.write(home, card)

    def requests(self) -> list[tuple[Client, Request]]:
        """What clients asked since the last call."""
        return _taken(self._requests)

    def broadcast(self, events: Sequence[HostEvent]) -> None:
        """Tell every follower; clients that went are forgotten."""
        self._clients = [client for client in (*self._clients, *_taken(self._came)) if not client.gone]
        for client in self._clients:
            if client.follows:
                for event in events:
                    client.send(event)

    def close(self) -> None:
        self._closing.set()
        host_card.remove(self._home)
        threading.Thread(target=self._wake, name="server-wake", daemon=True).start()
        self._thread.join(CLOSE_SECONDS)
        clients = (*self._clients, *_taken(self._came))
        for client in clients:
            client.hang_up()
        deadline = time.monotonic() + FLUSH_SECONDS
        for client in clients:
            client.flush(max(0.0, deadline - time.monotonic()))

    def _wake(self) -> None:
        """Ends the waiting for a client; in a thread, because nobody answers where another client came just before."""
        with contextlib.suppress(OSError, EOFError, AuthenticationError):
            channel.connect(self._address, self._key).close()

    def _listen(self) -> None:
        """Whoever is not accepted any more sees the listener closed, and does not wait for an answer."""
        try:
            self._accept()
        finally:
            with contextlib.suppress(OSError):
                self._listener.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection = self._listener.accept()
            except (AuthenticationError, EOFError, ConnectionError):
                continue
            except OSError:
                log.exception("The host no longer listens to other programs.")
                return
            if self._closing.is_set():
                connection.close()
                return
            self._came.put(Client(Channel(connection, Request), self._take))

    def _take(self, client: Client, request: Request) -> None:
        self._requests.put((client, request))
        self._ring()


def _taken(waiting: "queue.SimpleQueue[Item]") -> list[Item]:
    items = []
    with contextlib.suppress(queue.Empty):
        while True:
            items.append(waiting.get_nowait())
    return items


def _clear_after_a_dead_host(home: Home) -> None:
    """A killed host leaves its socket behind, in a folder of its own; a Windows pipe goes by itself."""
    card = host_card.read(home)
    if sys.platform != "win32" and card is not None:
        socket = Path(card.address)
        if socket.parent.name.startswith("espalier-"):
            socket.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                socket.parent.rmdir()
