"""Hosts for one command: one that may change things, or one that only reads."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend.cli.invocation import Invocation
from backend.host import Host

if TYPE_CHECKING:
    from backend.client import RemoteHost
    from backend.service import Service


@contextlib.contextmanager
def acting(invocation: Invocation, *, may_train: bool = False) -> "Iterator[Service | RemoteHost]":
    """A host that may change things: the one that runs, else this process; for a moment, unless it may train.

    Raises:
        UserError: the home cannot be used.
    """
    from backend.opening import open_host  # loads the database library, which --help does without

    invocation.home.create()
    host = open_host(invocation.home, invocation.launcher, may_train=may_train)
    try:
        yield host
    finally:
        host.close()


@contextlib.contextmanager
def changing(invocation: Invocation) -> Iterator[Host]:
    """A host for a moment that outlives the end of the one that runs: what is asked is done, by whoever is host then.

    Raises:
        UserError: the home cannot be used.
    """
    from backend.next_host import NextHost
    from backend.opening import open_host

    invocation.home.create()
    host = NextHost(lambda: open_host(invocation.home, invocation.launcher, may_train=False))
    try:
        yield host
    finally:
        host.close()


@contextlib.contextmanager
def reading(invocation: Invocation) -> Iterator[Host]:
    """A host that answers questions: the one that runs, or the database read-only.

    Raises:
        UserError: the home cannot be read.
    """
    from backend.opening import open_for_reading

    host = open_for_reading(invocation.home)
    try:
        yield host
    finally:
        host.close()
