"""Starts and ends children of this program, each in a session of its own: a terminal's Ctrl-C does not reach them."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from backend.frozen import is_frozen, outer_environment, sources

LEAVE_SECONDS = 3.0


def start(command: Sequence[str], stdout: int, stderr: int) -> "subprocess.Popen[bytes]":
    """With a pipe as its standard input. Raises OSError when it cannot be started."""
    is_own = command[0] == sys.executable
    # The folder above the package makes `-m backend.engine` work whether or not the package is installed.
    folder = None if is_own and is_frozen() else sources()
    environment = None if is_own else outer_environment()
    if sys.platform == "win32":
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
            cwd=folder,
            env=environment,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW,
        )
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )


def hand_over(process: "subprocess.Popen[bytes]", order: object) -> None:
    """Give a child its one order, a record or several. Its standard input stays open: that it closes, with us at the
    latest, ends it."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # it is gone already, which its output shows
        process.stdin.write(msgspec.json.encode(order) + b"\n")
        process.stdin.flush()


def kill(process: "subprocess.Popen[bytes]") -> None:
    """At once, with whatever it started itself: a wrapper around a Python would leave that one behind."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # `start` gave it a group of its own


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a child that has nothing to save to end, and see that it does."""
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
    for push in (process.terminate, process.kill, None):
        try:
            process.wait(LEAVE_SECONDS)
            break
        except subprocess.TimeoutExpired:
            if push is not None:
                push()
