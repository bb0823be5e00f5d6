"""A host that queues from its inbox and dies, as by kill -9, at a chosen point.

Called with a home and the point, one of those in `arm`. It ends by itself only if the point is never
reached and its time is over.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[2]))

from backend import files
from backend.inbox.news import Arrival
from backend.inbox.porter import Porter
from backend.inbox.unmoved import Unmoved
from backend.paths import Home
from backend.service import Service

PATIENCE = 60.0


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def dying_after(done: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> None:
        done(*arguments)
        die()

    return call


def where(fits: Callable[..., bool], death: Callable[..., Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: (death if fits(*arguments) else otherwise)(*arguments)


def arm(home: Home, point: str) -> None:
    """Put the death in its place."""
    move, tell, add = files.move, Porter._tell, Unmoved.add

    def of_the_inbox(source: Path, _target: Path) -> bool:
        return home.inbox in source.parents

    places: dict[str, tuple[Any, str, Callable[..., Any]]] = {
        # The copy is stored, the host has not heard of it.
        "copied": (Porter, "_tell", where(lambda _, news: isinstance(news, Arrival), die, tell)),
        "committing": (Unmoved, "add", dying_after(add)),
        # Committed; the order to move is not given, not begun, or carried out and not noted.
        "queued": (Porter, "order", die),
        "moving": (files, "move", where(of_the_inbox, die, move)),
        "moved": (files, "move", where(of_the_inbox, dying_after(move), move)),
        "noting": (Unmoved, "drop", die),
    }
    mock.patch.object(*places[point]).start()


def main() -> None:
    home = Home(Path(sys.argv[1]))
    service = Service(home)
    arm(home, sys.argv[2])
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        service.pump()
        service.wait(0.1)
    service.close()


if __name__ == "__main__":
    main()
