"""What the window and the command line talk to: a Service in this process, or one in another."""

from typing import Protocol, TypeVar

from backend.errors import ExitStatus, Refused, UserError, WrongUse
from backend.protocol.host import Failure, HostEvent, Reply, Request

Wanted = TypeVar("Wanted")


class Host(Protocol):
    """Both kinds of host. Not thread-safe: one thread owns it."""

    def handle(self, request: Request) -> Reply:
        """Do what is asked, or begin it; a `Failure` reply says why not. Never waits for the engine."""
        ...

    def pump(self) -> list[HostEvent]:
        """Take in what happened since the last call and return it, stored already. Returns at once."""
        ...

    def serve(self) -> None:
        """Answer other programs, in the midst of long work that leaves no time to pump."""
        ...

    def wait(self, seconds: float) -> None:
        """Sleep until something is there to pump, at most `seconds`."""
        ...

    def close(self) -> None:
        """Let go: a local service saves and ends its engine first; a client only hangs up."""
        ...


def ask(host: Host, request: Request, wanted: type[Wanted]) -> Wanted:
    """The host's answer.

    Raises:
        UserError: the host refuses, with its own words and exit status.
    """
    reply = host.handle(request)
    if isinstance(reply, Failure):
        raise raised(reply)
    assert isinstance(reply, wanted), reply
    return reply


def raised(failure: Failure) -> UserError:
    """The error that a host sent, as it was raised there."""
    kinds: dict[int, type[UserError]] = {ExitStatus.WRONG_USE: WrongUse, ExitStatus.REFUSED: Refused}
    return kinds.get(failure.exit_status, UserError)(failure.message, failure.hint)
