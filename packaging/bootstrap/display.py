"""Whether a window could be seen here."""

import sys
from collections.abc import Mapping

INVISIBLE = ("offscreen", "minimal")


def why_none(environment: Mapping[str, str], platform: str = sys.platform) -> str | None:
    """The reason why no window can be shown, in words; None where one can."""
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if chosen in INVISIBLE:
        return f"QT_QPA_PLATFORM is {chosen}"
    if platform == "win32":
        return None
    if platform == "darwin":
        return "this is a remote login" if environment.get("SSH_CONNECTION") else None
    if chosen or environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return None
    return "neither DISPLAY nor WAYLAND_DISPLAY is set"
