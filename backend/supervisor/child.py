"""Starts a child of this program, in a session of its own, so that Ctrl-C in a terminal does not reach it."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def start(command: Sequence[str], stdout: int, stderr: int) -> "subprocess.Popen[bytes]":
    """With a pipe as its standard input. Raises OSError when it cannot be started."""
    # The folder above the package makes `-m backend.engine` work whether or not the package is installed.
    folder = None if getattr(sys, "frozen", False) else Path(__file__).parents[2]
    if sys.platform == "win32":
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
            cwd=folder,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW,
        )
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=stdout, stderr=stderr, cwd=folder, start_new_session=True
    )
