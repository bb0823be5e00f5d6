"""The three levels of the queue as words of the command line."""

import enum

from backend.domain.job import Priority


class Level(enum.StrEnum):
    """What --priority and set-priority take."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def priority(self) -> Priority:
        return Priority[self.name]
