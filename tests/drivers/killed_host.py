"""A host that can be watched and killed from outside, call by call: `HeldHosts` forks one for each deed.

Run by itself it loads everything once and then forks a host for each line that it reads, which is an `Order` as JSON.
A forked host says which threads it has and waits before each deed, and at the start of each thread, until it is let go,
so that a tracer can be put on one thread before that does anything. Nothing else in it knows of being watched.
"""

import datetime
import os
import subprocess
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from backend import clock, files
from backend.control import board
from backend.domain.operation import OperationState
from backend.operations import operations
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import CheckpointSaved
from backend.protocol.keeping import OperationChanged
from backend.service import Service
from backend.supervisor.launcher import LocalLauncher
from tests.fakes import hosting
from tests.fakes.hosting import Bench
from tests.faults.deeds import DEEDS

PROJECT = Path(__file__).parents[2]
NEVER = 1e9
PATIENCE = 10.0
"""Seconds after which a host whose engine was killed waits for nothing any more, and ends like one that was killed."""
MAIN = "host"
ONE_WAITS = threading.Lock()
"""Two that wait at once would each take the word that is for the other."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What one forked host is to do."""

    home: str
    deed: str
    hold: tuple[str, ...] = ()
    """Roles of threads that wait before they begin, see `Threads`."""
    hold_all: bool = False
    engine: tuple[str, ...] = ()
    """The command of its engine, a tracer in front of it where it is to be watched; none starts the real one."""
    trial: tuple[str, ...] = ()
    """The same for the child that loads a model once."""
    days_later: int = 0
    """The host believes that so many days have passed."""
    only_prepare: bool = False
    """Close the host where the deed would begin."""
    small_disk: bool = False
    """Keep no space free, for a disk that is smaller than what is kept free otherwise."""


class Said(msgspec.Struct, frozen=True):
    """One line of a forked host: its threads, that it waits, what it told to users, and how it ended."""

    what: str
    name: str = ""
    number: int = 0
    other: str = ""


class EnoughError(Exception):
    """All that was wanted is prepared."""


class TellingService(Service):
    """Says what it promised, at the moment at which a client would hear of it."""

    def handle(self, request: p.Request) -> p.Reply:
        reply = super().handle(request)
        if isinstance(reply, p.Queued):
            say("queued", reply.job.dataset, reply.job.id)
        return reply

    def pump(self) -> list[p.HostEvent]:
        events = super().pump()
        for event in events:
            match event:
                case CheckpointSaved(job=job, step=step):
                    say("saved", "", job, str(step))
                case OperationChanged(operation=operation) if operation.state is not OperationState.RUNNING:
                    say("operation", operation.state, operation.exit_status, operation.text)
                case _:
                    pass
        return events


def say(what: str, name: str = "", number: int = 0, other: str = "") -> None:
    os.write(1, msgspec.json.encode(Said(what, name, number, other)) + b"\n")


def heard() -> bytes:
    """One line of standard input, and not a byte of the next one, which may be for another process."""
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = os.read(0, 1)
        if not piece:
            sys.exit(0)
        line += piece
    return bytes(line)


def wait_as(name: str) -> None:
    """Until whoever watches lets this thread go."""
    with ONE_WAITS:
        say("waits", name, threading.get_native_id())
        heard()


class Threads:
    """Every thread of a host as a role: its name, and a number where others of that name came since it is watched."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._watched = False
        self._seen: Counter[str] = Counter()
        self._run: Callable[[threading.Thread], None] = threading.Thread.run

    def patch(self) -> None:
        threads = self

        def run(thread: threading.Thread) -> None:
            threads.begin(thread)
            threads._run(thread)

        mock.patch.object(threading.Thread, "run", run).start()

    def begin(self, thread: threading.Thread) -> None:
        """Waits where this one is to be watched from its first call on."""
        if self._watched:
            role = self._role(thread)
            if self._order.hold_all or role in self._order.hold:
                wait_as(role)

    def watched(self) -> None:
        """The deed begins; threads that are there already are named."""
        self._watched = True
        for thread in threading.enumerate():
            if thread is not threading.main_thread():
                say("thread", self._role(thread), thread.native_id or 0)
        wait_as(MAIN)

    def _role(self, thread: threading.Thread) -> str:
        name = thread.name.rstrip("0123456789_")
        self._seen[name] += 1
        return name if self._seen[name] == 1 else f"{name} {self._seen[name]}"


def move_clock(by: datetime.timedelta) -> None:
    """Let all modules that ask for the user's time believe another one."""
    real = clock.local_now

    def moved() -> datetime.datetime:
        return real() + by

    for module in list(sys.modules.values()):
        if getattr(module, "local_now", None) is real:
            mock.patch.object(module, "local_now", moved).start()


def host(order: Order) -> None:
    """One host, from its start to its end. What depends on the clock is switched off: calls come in the same order."""
    board.HEARTBEAT_SECONDS = NEVER
    board.QUIET_SECONDS = NEVER
    operations.TELL_SECONDS = NEVER
    if order.small_disk:
        files.RESERVE_BYTES = 0
        files.RESERVE_SHARE = 0.0
    hosting.PATIENCE = PATIENCE
    if order.days_later:
        move_clock(datetime.timedelta(days=order.days_later))
    threads = Threads(order)
    threads.patch()
    opened: list[Bench] = []
    launcher = LocalLauncher(order.engine or None, order.trial or None)

    def open_host(**named: Any) -> Bench:
        home = Home(Path(order.home))
        opened.append(Bench(TellingService(home, launcher, **named), home))
        return opened[-1]

    def watched() -> None:
        if order.only_prepare:
            raise EnoughError
        threads.watched()

    try:
        DEEDS[order.deed].do(open_host, watched)
    except EnoughError:
        for bench in opened:
            bench.host.close()


def fork(order: Order) -> int:
    """Returns the status of the ended child, as `subprocess` gives it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            host(order)
            status = 0
        finally:
            if status:
                traceback.print_exc()
                sys.stderr.flush()
            os._exit(status)
    say("forked", "", child)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    assert threading.active_count() == 1, "A fork copies one thread only."
    say("loaded")
    while True:
        order = msgspec.json.decode(heard(), type=Order)
        say("ended", "", fork(order))


class HeldHosts:
    """The program above, from outside."""

    def __init__(self, log: Path) -> None:
        self._errors = log.open("w+")
        self.process = subprocess.Popen(
            (sys.executable, str(Path(__file__).absolute())),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=PROJECT,
        )
        self._child = 0
        assert self.hear().what == "loaded"

    def begin(self, order: Order) -> None:
        self._say(msgspec.json.encode(order))

    def let_go(self) -> None:
        self._say(b"go")

    def hear(self) -> Said:
        """The next line; fails with what the host wrote to standard error where there is none."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"The host program ended.\n{self.errors()}"
        said = msgspec.json.decode(line, type=Said)
        if said.what == "forked":
            self._child = said.number
        elif said.what == "ended":
            self._child = 0
        return said

    def errors(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        """End it and the host that it forked, if that still runs."""
        if self._child:
            os.kill(self._child, 9)
        self.process.communicate()
        self._errors.close()

    def _say(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()


if __name__ == "__main__":
    main()
