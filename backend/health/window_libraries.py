"""What a window needs of a Linux system, named before Qt would end the program without a word for users."""

import ctypes
from collections.abc import Iterable, Mapping

WINDOW_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What Qt loads from a Linux system for a real window, with the Debian package that brings it."""


def missing_libraries(wanted: Mapping[str, str] = WINDOW_LIBRARIES) -> list[str]:
    """Those that the loader does not find."""
    return [name for name in wanted if not _loads(name)]


def how_to_install(missing: Iterable[str], wanted: Mapping[str, str] = WINDOW_LIBRARIES) -> str:
    return f"On Debian and Ubuntu: sudo apt install {' '.join(sorted({wanted[name] for name in missing}))}"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
