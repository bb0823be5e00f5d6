"""A child with one order that steps back behind everything else that the machine does."""

from backend.engine import priority
from backend.supervisor import order
from backend.supervisor.order import Order, Tell


def taken(kind: type[Order]) -> tuple[Order, Tell]:
    """As `order.taken`, at low priority."""
    priority.lower()
    return order.taken(kind)
