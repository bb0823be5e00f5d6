"""Answers what clients ask of the head's history: undo, redo, the daily snapshot."""

from backend.errors import WrongUse
from backend.protocol import host as p


class HeadRequests:
    """One case a request."""

    def answer(self, request: p.HeadRequest) -> p.Reply:
        """Raises the UserErrors of the parts."""
        raise WrongUse(f"This version does not know {type(request).__name__}.")
