"""Memory that does not suffice for a merge is the user's to mend, and no error of ours."""

import contextlib
from collections.abc import Iterator

from backend.engine.training.memory import OutOfMemory, named
from backend.errors import UserError


@contextlib.contextmanager
def enough_to(what: str) -> Iterator[None]:
    """Raises UserError where memory runs out inside."""
    try:
        with named():
            yield
    except OutOfMemory as error:
        raise UserError(
            f"Memory does not suffice to {what}: {error}.", "Close other programs and try again."
        ) from error
