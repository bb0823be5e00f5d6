"""Whether there is a screen to open a window on; Qt itself would end the program without a word for users."""

import os
import sys
from collections.abc import Mapping

from backend.errors import UserError


def require(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> None:
    """Raises UserError where no window can be shown."""
    if platform in ("win32", "darwin"):
        return
    if not any(environment.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")):
        raise UserError(
            "There is no screen to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.",
            "`espalier train FILES` and `espalier --help` work without one.",
        )
