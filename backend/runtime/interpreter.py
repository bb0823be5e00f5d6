"""From what a user names, an environment's folder or its Python, to the program that is run."""

import os
import sys
from pathlib import Path

from backend.errors import Refused

SETTING = "engine.python"
"""Where what the user names is kept. Whoever stores it has it checked first."""
NAMES = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")
"""Below an environment's folder; the last is conda on Windows."""
WAY_OUT = (
    "Name another under Settings → Use my own PyTorch, or go back to the program's own: `espalier runtime use own`."
)


class RuntimeUnusable(Refused):
    """The Python that the settings name cannot run the engine."""


def interpreter(named: str) -> Path:
    """The Python that is meant. A link stays a link: an environment is known by where its link lies.

    Raises:
        RuntimeUnusable: there is none.
    """
    place = Path(named).expanduser().absolute()
    if not place.exists():
        raise RuntimeUnusable(f"There is no {place}.", WAY_OUT)
    if place.is_dir():
        found = [place / name for name in NAMES if (place / name).is_file()]
        if not found:
            raise RuntimeUnusable(
                f"{place} is no Python environment: it holds none of {', '.join(NAMES[:3])}.", WAY_OUT
            )
        place = found[0]
    if sys.platform != "win32" and not os.access(place, os.X_OK):
        raise RuntimeUnusable(f"{place} is no program that can be run.", WAY_OUT)
    return place
