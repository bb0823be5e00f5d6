"""One line of the log and the order of its levels."""

import enum
from datetime import datetime

import msgspec


class Level(enum.IntEnum):
    """How much a line matters."""

    INFO = 0
    WARNING = 1
    ERROR = 2


class Line(msgspec.Struct, frozen=True):
    """`at` is local time, for people."""

    at: datetime
    level: Level
    text: str


def line(level: str, text: str) -> Line:
    """A line of now; levels that we do not know count as info."""
    known = {"warning": Level.WARNING, "error": Level.ERROR, "critical": Level.ERROR}
    return Line(datetime.now().astimezone(), known.get(level.lower(), Level.INFO), text)
