"""Says when a pause gives the memory back that training holds."""

from backend.cli import words
from backend.domain.status import Status


def memory_words(status: Status, release_after_minutes: float) -> str:
    """For example: memory freed in 2 min; GPU freed in 2 min; memory is free."""
    what = "GPU" if status.accelerator else "memory"
    if status.engine_released or not release_after_minutes:
        return f"{what} is free"
    waits = words.duration(release_after_minutes * 60)
    return f"{what} freed in {waits.removesuffix(' 0 s').removesuffix(' 0 min')}"
