"""`python -m backend.engine`: the child process that trains; told on stdin where its host listens."""

import signal
import sys
from pathlib import Path

import msgspec

from backend.engine.control import Control
from backend.engine.reporter import Reporter
from backend.locks import KernelLock
from backend.paths import Home
from backend.protocol import channel
from backend.protocol.engine import Activity, EngineCommand, EngineEvent, Leave, TaskFailed


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """The one line on stdin."""

    address: str
    key: str
    home: str


def main() -> int:
    """Serve the host until it lets go. Returns the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    invitation = msgspec.json.decode(sys.stdin.buffer.readline(), type=Invitation)
    connection = channel.connect(invitation.address, bytes.fromhex(invitation.key))
    host: channel.Channel[EngineEvent, EngineCommand] = channel.Channel(connection, EngineCommand)
    reporter = Reporter(host)
    control = Control(host)
    signal.signal(signal.SIGTERM, lambda *_: control.put(Leave()))
    lock = KernelLock(Home(Path(invitation.home)).engine_lock)
    try:
        if not lock.try_acquire():
            reporter.send(TaskFailed(message="Another engine works in this home.", hint="Wait until it has ended."))
            return 3
        reporter.send(Activity(text="loading PyTorch"))
        from backend.engine.session import Session  # PyTorch takes seconds: the host hears from us before

        return Session(reporter, control).serve()
    finally:
        reporter.close()
        lock.release()
        host.close()


if __name__ == "__main__":
    sys.exit(main())
