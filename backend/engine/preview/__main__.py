"""`python -m backend.engine.preview`: one order on stdin, events on stdout; ends as soon as its stdin is closed."""

import os
import sys
import threading
from typing import Any

import msgspec

from backend.engine import priority
from backend.errors import UserError
from backend.protocol.preview import NotReadable, PreviewEvent, PreviewOrder


def main() -> int:
    """Returns the exit status; nothing is written to disk, so this process may end anywhere."""
    priority.lower()
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=PreviewOrder)
    threading.Thread(target=_leave_when_closed, args=(sys.stdin.fileno(),), daemon=True).start()
    outlet = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no event

    def tell(event: PreviewEvent) -> None:
        line = memoryview(msgspec.json.encode(event) + b"\n")
        while line:
            line = line[os.write(outlet, line) :]

    _do_without_torch()
    from backend.engine.preview.look import Look  # brings the tokenizer's libraries

    try:
        Look(order, tell).run()
    except UserError as error:
        message = error.message.encode(errors="replace").decode()  # it may name a file whose name is no text
        tell(NotReadable(message=message, hint=error.hint, exit_status=int(error.exit_status)))
    except Exception as error:
        tell(NotReadable(message=f"An error in Espalier: {error!r}.", hint="The log has the details."))
        raise
    return 0


def _do_without_torch() -> None:
    """Without it the libraries start in half the time and a fifth of the memory; tokenizers do not need it."""
    modules: Any = sys.modules
    modules["torch"] = None
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # training beside it needs the other cores


def _leave_when_closed(descriptor: int) -> None:
    """Nobody looks any more, or the program that asked is gone."""
    while os.read(descriptor, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
