"""`python -m backend.engine.trial`: one order on stdin, one result on stdout; ends as soon as its stdin is closed."""

import os
import sys
import threading

import msgspec

from backend.engine import priority
from backend.errors import UserError
from backend.protocol.trial import TrialEvent, TrialFailed, TrialOrder


def main() -> int:
    """Returns the exit status; nothing is written to disk, so this process may end anywhere."""
    priority.lower()
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=TrialOrder)
    threading.Thread(target=_leave_when_closed, args=(sys.stdin.fileno(),), daemon=True).start()
    outlet = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no event

    def tell(event: TrialEvent) -> None:
        line = memoryview(msgspec.json.encode(event) + b"\n")
        while line:
            line = line[os.write(outlet, line) :]

    from backend.engine.trial.trial import attempt  # PyTorch takes seconds: a closed stdin is heeded before

    try:
        tell(attempt(order))
    except UserError as error:
        tell(TrialFailed(message=error.message, hint=error.hint))
    except Exception as error:
        tell(TrialFailed(message=f"An error in Espalier: {error!r}.", hint="The log has the details."))
        raise
    return 0


def _leave_when_closed(descriptor: int) -> None:
    """Nobody waits any more, or the program that asked is gone."""
    while os.read(descriptor, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
