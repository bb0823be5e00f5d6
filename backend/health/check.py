"""The result of one check, and how a long one says what it reads."""

from collections.abc import Callable

import msgspec

from backend import files
from backend.errors import UserError


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """`ok` False is a fault; `hint` says what to do about it. A note that is no fault has a hint too."""

    name: str
    ok: bool
    text: str
    hint: str = ""


Watch = Callable[[str], files.Heed]
"""Told what is read back now; what it returns is told of the bytes as they pass."""


def unwatched(_what: str) -> files.Heed:
    """Nobody looks on."""
    return files.nobody


def fault_of(name: str, error: UserError) -> Check:
    return Check(name=name, ok=False, text=error.message, hint=error.hint)
