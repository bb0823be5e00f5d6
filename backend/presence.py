"""Lets the installer for Windows see that Espalier runs, so that it replaces and removes nothing that still trains."""

import sys

from backend.frozen import is_frozen

MUTEX = "EspalierRuns"
"""packaging/windows/espalier.iss looks for it."""


def announce() -> None:
    """Be seen until this process ends. The engine is, too: it may outlive its window while it saves."""
    if sys.platform == "win32" and is_frozen():
        import ctypes

        for name in (MUTEX, rf"Global\{MUTEX}"):  # of this user's session, and of the whole machine
            ctypes.windll.kernel32.CreateMutexW(None, False, name)
