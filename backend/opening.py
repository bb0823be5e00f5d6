"""How a program comes to a home: as its host, or as a client of the one that runs (semantics.md 8)."""

import contextlib
import time
from collections.abc import Iterator

from backend import client
from backend.client import RemoteHost
from backend.errors import Refused
from backend.host import Host
from backend.locks import KernelLock
from backend.paths import Home
from backend.reading import Reader
from backend.service import Service
from backend.supervisor.launcher import Launcher

PATIENCE_SECONDS = 15.0
"""How long another program may hold the home without answering: it may be starting or just ending."""


def open_host(home: Home, launcher: Launcher | None = None, *, may_train: bool = True) -> Service | RemoteHost:
    """Become the host of `home`, or the client of the program that is. `is_local` tells which.

    Raises:
        Refused: another program holds the home and does not answer, or a newer Espalier wrote it.
    """
    lock = KernelLock(home.host_lock)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        if lock.try_acquire():
            return Service(home, launcher, lock=lock, may_train=may_train)
        remote = client.connect(home)
        if remote is not None:
            return remote
        if time.monotonic() > deadline:
            raise Refused(
                f"Another program holds {home.root} and does not answer.", "End it, or use another --base-dir."
            )
        time.sleep(0.05)


def connect(home: Home) -> RemoteHost | None:
    """The host that runs on `home`, if there is one."""
    return client.connect(home)


def open_for_reading(home: Home) -> Host:
    """Something to ask for status, jobs, head and models: the running host, else the database read-only."""
    return client.connect(home) or Reader(home)


@contextlib.contextmanager
def act_as_host_for_a_moment(home: Home, launcher: Launcher | None = None) -> Iterator[Service | RemoteHost]:
    """For a command that changes something: the running host does it, or this program as host, without training."""
    host = open_host(home, launcher, may_train=False)
    try:
        yield host
    finally:
        host.close()
