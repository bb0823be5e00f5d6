"""Errors of the user's world, apart from our bugs: each says what happened, why, and what to do."""

import enum


class ExitStatus(enum.IntEnum):
    """What `espalier` returns to the shell."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    REFUSED = 3


class UserError(Exception):
    """Shown to the user as it is; anything else that is raised is a bug and shows a traceback.

    Args:
        message: what happened and why, in one sentence that ends without a period's worth of jargon.
        hint: what the user can do about it; may be empty where nothing can be done.
    """

    exit_status = ExitStatus.FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class WrongUse(UserError):
    """The request itself makes no sense, for example an unknown job number."""

    exit_status = ExitStatus.WRONG_USE


class Refused(UserError):
    """Not done for safety's sake: not confirmed, not verified, or no space."""

    exit_status = ExitStatus.REFUSED


class AlreadyQueued(Refused):
    """The same content waits in the queue; whoever wants it trained twice has to say so."""

    def __init__(self, message: str, hint: str, twin: int) -> None:
        super().__init__(message, hint)
        self.twin = twin
        """Number of the job that holds the content."""


class NoSpace(Refused):
    """The disk has too little free space for what was asked, or ran full while writing."""


class Damaged(UserError):
    """A stored artefact is missing, incomplete or altered."""
