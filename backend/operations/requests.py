"""Answers what clients ask of the operations."""

from backend.operations.operations import Operations
from backend.protocol import keeping as k
from backend.protocol.host import Done, Reply
from backend.store.store import Store


class OperationRequests:
    """One case a request."""

    def __init__(self, store: Store, operations: Operations) -> None:
        self._store = store
        self._operations = operations

    def answer(self, request: k.OperationRequest) -> Reply:
        """Raises the UserErrors of the parts."""
        match request:
            case k.GetOperations(last=last):
                return answer_operations(self._store, last, self._operations)
            case k.CancelOperation(operation=operation):
                return Done(text=self._operations.cancel(operation))


def answer_operations(store: Store, last: int, running: Operations | None = None) -> k.OperationsReply:
    """The journal; the one under way as it is now."""
    current = running.current if running is not None else None
    journal = store.operations.latest(last)
    return k.OperationsReply(
        operations=tuple(current if current is not None and one.id == current.id else one for one in journal)
    )
