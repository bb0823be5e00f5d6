"""Between a program and the child that looks at a file for it: one order in, events out, each a line of JSON."""

import msgspec

from backend.domain.head import Base
from backend.domain.job import JobSettings
from backend.domain.preview import Preview
from backend.protocol.message import Message


class PreviewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What to look at, and with which settings."""

    path: bytes
    """Absolute, as `os.fsencode` gives it: a name need not be text."""
    name: str
    settings: JobSettings
    base: Base | None
    """None counts and checks without tokens."""
    sha256: str = ""
    """Of a stored copy, which must still be that; empty for a file of the user's."""
    rows: int = 10
    """So many of the first rows are spelled out."""


class Reading(Message, frozen=True, kw_only=True):
    """How far the file is read, in bytes."""

    done: int
    total: int


class Looked(Message, frozen=True, kw_only=True):
    """What is known now. The last one ends the child's work: it is complete, or its note says why it is not."""

    preview: Preview
    last: bool


class NotReadable(Message, frozen=True, kw_only=True):
    """There is nothing to show: a UserError, carried over. It ends the child's work."""

    message: str
    hint: str = ""
    exit_status: int = 1


PreviewEvent = Reading | Looked | NotReadable
