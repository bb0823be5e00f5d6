"""`python -m backend.engine.trial`: one order on stdin, one result on stdout; ends as soon as its stdin is closed."""

import sys

from backend.engine import one_order
from backend.errors import UserError
from backend.protocol.trial import TrialFailed, TrialOrder


def main() -> int:
    """Returns the exit status; nothing is written to disk, so this process may end anywhere."""
    order, tell = one_order.taken(TrialOrder)
    from backend.engine.trial.trial import attempt  # PyTorch takes seconds: a closed stdin is heeded before

    try:
        tell(attempt(order))
    except UserError as error:
        tell(TrialFailed(message=error.message, hint=error.hint))
    except Exception as error:
        tell(TrialFailed(message=f"An error in Espalier: {error!r}.", hint="The log has the details."))
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
