"""The command of every child that needs PyTorch, from the program's own Python or from the one that the user named."""

import enum
import sys
from collections.abc import Sequence

from backend.frozen import is_frozen
from backend.runtime.interpreter import interpreter

APART = ("-E", "-B")
"""What is checked is what runs, wherever this program was started from: variables such as PYTHONPATH and PYTHONHOME do
not count, packages of the user's own folder do. Nothing is written beside our sources."""


class Child(enum.StrEnum):
    """What a child is: its module."""

    ENGINE = "backend.engine"
    PREVIEW = "backend.engine.preview"
    TRIAL = "backend.engine.trial"
    PROBE = "backend.engine.runtime_probe"


def command_of(child: Child, named: str = "") -> Sequence[str]:
    """What is run, from the folder that `child.start` chooses.

    Args:
        named: the setting engine.python; empty for the program's own Python.

    Raises:
        RuntimeUnusable: there is no Python at that place.
    """
    if named:
        return (str(interpreter(named)), *APART, "-m", child.value)
    if is_frozen():
        return (sys.executable, f"--{child.name.lower()}")
    return (sys.executable, "-m", child.value)
