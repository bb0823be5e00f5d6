"""`python -m backend.engine.preview`: one order on stdin, events on stdout; ends as soon as its stdin is closed."""

import os
import sys
from typing import Any

from backend.engine import one_order
from backend.errors import UserError
from backend.protocol.preview import NotReadable, PreviewOrder


def main() -> int:
    """Returns the exit status; nothing is written to disk, so this process may end anywhere."""
    order, tell = one_order.taken(PreviewOrder)
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


if __name__ == "__main__":
    sys.exit(main())
