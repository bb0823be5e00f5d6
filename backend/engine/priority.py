"""How a child process steps back behind everything else that the machine does."""

import sys

import psutil

NICE = 10


def lower() -> None:
    """For the rest of this process."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        psutil.Process().nice(NICE)
