"""A second start: hands its files to the program that holds the home already, calls its window, and leaves."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from backend import client
from backend.errors import Refused, UserError
from backend.paths import Home
from backend.protocol.host import Done, Enqueue, Failure, Queued, ShowWindow
from gui import foreground
from gui import format as text

_PATIENCE_SECONDS = 10.0
"""A window that has just been opened needs a moment until its host answers."""
_BETWEEN_TRIES = 0.2


def hand_over(home: Home, paths: Sequence[Path]) -> int:
    """Queue `paths` at the running host, say where they stand, and show its window. Returns the exit status."""
    worst = 0
    for path in paths:
        try:
            print(f"{path.name} is queued, {text.ordinal(_queue(home, path).ahead + 1)}.")
        except UserError as error:
            print(error, file=sys.stderr)
            worst = max(worst, int(error.exit_status))
    called = _call_window(home)
    if not paths:
        where = "its window comes to the front" if called else "look for its window"
        print(f"Espalier is open already for this home; {where}.", file=sys.stderr)
    return worst


def _call_window(home: Home) -> bool:
    """Whether there was somebody to call; a window that is just opening stands on the screen anyway."""
    host = client.connect(home)
    if host is None:
        return False
    try:
        return isinstance(host.handle(ShowWindow(activation=foreground.hand_on())), Done)
    except UserError:
        return False
    finally:
        host.close()


def _queue(home: Home, path: Path) -> Queued:
    from backend.datasets.intake import take_in  # only a second start that brings files needs these
    from backend.opening import connect

    dataset = take_in(home, path)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        host = connect(home)
        if host is not None:
            break
        if time.monotonic() > deadline:
            raise Refused("The window that holds this home does not answer.", "Close it and start again.")
        time.sleep(_BETWEEN_TRIES)
    try:
        reply = host.handle(Enqueue(dataset=dataset))
    finally:
        host.close()
    match reply:
        case Queued():
            return reply
        case Failure(message=message, hint=hint):
            raise UserError(message, hint)
        case _:
            raise Refused("The window gave an answer that this version does not know.", "Start both in one version.")
