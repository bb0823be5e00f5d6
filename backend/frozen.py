"""What is different when the program is frozen by PyInstaller: where its parts lie, and what other programs inherit."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

LOADER_PATHS = ("LD_LIBRARY_PATH",)
"""Set by the frozen program's own loader for its own libraries; what stood there before is kept under NAME_ORIG."""


def is_frozen() -> bool:
    return bool(getattr(sys, "frozen", False))


def bundle() -> Path | None:
    """The folder of everything that was frozen in; None when run from sources."""
    folder = getattr(sys, "_MEIPASS", None)
    return Path(folder) if folder else None


def sources() -> Path:
    """The folder whose `backend` is this program's sources as plain files, for a Python that is not ours."""
    folder = bundle()
    return Path(__file__).parents[1] if folder is None else folder / "sources"


def outer_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment as it was before this program was loaded, for programs that are not ours.

    With our library folders another program would load our libraries in place of its own.
    """
    kept = {name: value for name, value in environment.items() if not name.startswith("_PYI_")}
    if not is_frozen():
        return kept
    for name in LOADER_PATHS:
        before = kept.pop(f"{name}_ORIG", None)
        kept.pop(name, None)
        if before is not None:
            kept[name] = before
    return kept
