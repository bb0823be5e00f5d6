"""The child's side of one order: it comes on standard input, what is told goes to standard output, as lines of JSON."""

import os
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

import msgspec

Order = TypeVar("Order", bound=msgspec.Struct)
Tell = Callable[[msgspec.Struct], None]


def taken(kind: type[Order]) -> tuple[Order, Tell]:
    """The order, and how to tell of it. The process ends as soon as its standard input is closed.

    So it may end anywhere: nobody waits any more, or the program that asked is gone.
    """
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=kind)
    threading.Thread(target=_leave_when_closed, args=(sys.stdin.fileno(),), daemon=True).start()
    outlet = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no event

    def tell(event: msgspec.Struct) -> None:
        line = memoryview(msgspec.json.encode(event) + b"\n")
        while line:
            line = line[os.write(outlet, line) :]

    return order, tell


def _leave_when_closed(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os._exit(0)
