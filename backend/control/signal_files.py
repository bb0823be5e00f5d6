"""The files that say pause, resume, stop or skip: what lies in the control folder, and what it means."""

import codecs
import os
import stat
import unicodedata
from pathlib import Path

import msgspec

from backend.paths import Home

NAMES = ("stop", "skip", "pause", "resume")
"""In the order in which several at once are acted on (semantics.md 5)."""
MOST_BYTES = 64 << 10
REASON_SIGNS = 1000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""What shells of Windows write before a text."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """A wish that lies there as a file."""

    name: str
    path: Path
    mark: tuple[int, ...]
    """Tells this file from another of the same name."""
    reason: str = ""
    problem: str = ""
    """Why it is refused; empty where it is not."""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing; its writer may be about to."""
        return not self.reason and not self.problem


def look(home: Home) -> list[Signal]:
    """Every signal that lies there, in the order in which they act."""
    found = (_signal(name, home.signal(name)) for name in NAMES)
    return [signal for signal in found if signal is not None]


def reason_of(content: bytes) -> str:
    """The first characters as one line, whatever the bytes are."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    text = content.decode(encoding, "replace")[:REASON_SIGNS]
    return " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split())


def _signal(name: str, path: Path) -> Signal | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    mark = (status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns)
    problem = _problem(status)
    if problem:
        return Signal(name=name, path=path, mark=mark, problem=problem)
    try:
        return Signal(name=name, path=path, mark=mark, reason=reason_of(_read(path)))
    except FileNotFoundError:
        return None
    except OSError as error:
        return Signal(name=name, path=path, mark=mark, problem=f"it cannot be read: {error.strerror}")


def _problem(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "it is a link, and links are not followed"
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file"
    if status.st_size > MOST_BYTES:
        return f"it has {status.st_size:,} bytes, and {MOST_BYTES:,} are the most"
    return ""


def _read(path: Path) -> bytes:
    """Neither a link nor a pipe that was put here just now is followed or waited for."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "rb") as stream:
        return stream.read(MOST_BYTES)
