"""Standard output and error where there are none: a windowed program on Windows starts without them."""

import os
import sys
from typing import TextIO


def stand_in_for_missing() -> None:
    """Give what is None a stream that keeps nothing, before anything prints."""
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()


def _nowhere() -> TextIO:
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
