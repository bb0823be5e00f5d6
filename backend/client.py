"""A host in another program, spoken to over its socket."""

import contextlib
import queue
import threading
import time
from multiprocessing import AuthenticationError

import msgspec

from backend import host_card
from backend.errors import UserError
from backend.paths import Home
from backend.protocol import channel
from backend.protocol.channel import Channel
from backend.protocol.host import HostEvent, Outgoing, Reply, Request

REPLY_SECONDS = 60.0
POLL_SECONDS = 0.25


class HostGone(UserError):
    """The program that was the host has ended, or does not answer."""


class RemoteHost:
    """`Host` for a client. Events come after a `Follow` request."""

    is_local = False

    def __init__(self, link: Channel[Request, Outgoing]) -> None:
        self._channel = link
        self._events: queue.SimpleQueue[HostEvent] = queue.SimpleQueue()
        self._replies: queue.Queue[Reply | None] = queue.Queue()
        self._bell = threading.Event()
        self._closed = False
        self._gone = False
        threading.Thread(target=self._read, name="host-reader", daemon=True).start()

    def handle(self, request: Request) -> Reply:
        """Ask and wait for the answer, which comes at the host's next pump. Raises HostGone."""
        try:
            self._channel.send(request)
            reply = self._replies.get(timeout=REPLY_SECONDS)
        except OSError as error:
            raise self._lost() from error
        except queue.Empty as error:
            raise HostGone("The host does not answer.", "Look at its log, or end it.") from error
        if reply is None:
            raise self._lost()
        return reply

    def pump(self) -> list[HostEvent]:
        """What the host told. Raises HostGone once all is taken and the host is gone."""
        gone = self._gone
        self._bell.clear()
        events: list[HostEvent] = []
        with contextlib.suppress(queue.Empty):
            while True:
                events.append(self._events.get_nowait())
        if gone and not events and not self._closed:
            raise self._lost()
        return events

    def serve(self) -> None:
        """The host serves others."""

    def wait(self, seconds: float) -> None:
        if not self._gone:
            self._bell.wait(seconds)

    def close(self) -> None:
        """Hang up; the host goes on."""
        self._closed = True

    def _read(self) -> None:
        try:
            while not self._closed:
                if self._channel.ready(POLL_SECONDS):
                    self._take(self._channel.receive())
        except (EOFError, OSError, msgspec.MsgspecError):
            pass
        self._gone = True
        self._replies.put(None)
        self._bell.set()
        with contextlib.suppress(OSError):
            self._channel.close()

    def _take(self, message: Outgoing) -> None:
        if isinstance(message, Reply):
            self._replies.put(message)
        else:
            self._events.put(message)
            self._bell.set()

    def _lost(self) -> HostGone:
        return HostGone("The program that trains has ended.", "Start it again; nothing that was saved is lost.")


def connect(home: Home, seconds: float = 0.0) -> RemoteHost | None:
    """The host that holds `home`, if one answers within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        card = host_card.read(home)
        if card is not None:
            try:
                connection = channel.connect(card.address, bytes.fromhex(card.key))
            except (OSError, EOFError, AuthenticationError):
                pass  # the card of a host that is gone, or is just going
            else:
                return RemoteHost(Channel(connection, Outgoing))
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.05)
