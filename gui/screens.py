"""Whether a window can be opened here; Qt itself would end the program without a word for users."""

import os
import sys
from collections.abc import Mapping

from backend.errors import UserError
from backend.health.window_libraries import WINDOW_LIBRARIES, how_to_install, missing_libraries

X11 = ("", "xcb")
"""What QT_QPA_PLATFORM names where windows are shown by X11; empty lets Qt choose."""


def require(
    environment: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    libraries: Mapping[str, str] = WINDOW_LIBRARIES,
) -> None:
    """Raises UserError where no window can be shown.

    Args:
        libraries: what a window on X11 needs of the system, with the package that brings each.
    """
    if platform in ("win32", "darwin"):
        return
    if not any(environment.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")):
        raise UserError(
            "There is no screen to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.",
            "`espalier train FILES` and `espalier --help` work without one.",
        )
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY") and chosen in X11:
        missing = missing_libraries(libraries)
        if missing:
            raise UserError(
                f"A window needs libraries of the system that are missing: {', '.join(missing)}.",
                f"{how_to_install(missing, libraries)}. Without them `espalier train FILES` works.",
            )
