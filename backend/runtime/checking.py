"""Asks a Python that the user named whether it can run the engine."""

import contextlib
import os
import subprocess
import threading
from collections.abc import Sequence

import msgspec

from backend.errors import Refused
from backend.runtime.children import Child, command_of
from backend.runtime.interpreter import interpreter
from backend.runtime.needs import needs
from backend.runtime.report import Report, advice, summary
from backend.supervisor import child

SECONDS = 180.0
"""PyTorch on a cold disk takes a minute."""
LONGEST = 1 << 20
"""Bytes of a report; what says more is none."""
NAME_ANOTHER = "Name the Python of an environment, or its folder."


def check(named: str, seconds: float = SECONDS) -> Report:
    """Look at a Python, or at the program's own where `named` is empty. Takes as long as PyTorch takes to load.

    Raises:
        UserError: there is none at that place, or what is there gives no answer.
    """
    python = str(interpreter(named)) if named else ""
    said, code, late = _said(command_of(Child.PROBE, python), python or "the program's own Python", seconds)
    name = python or "The program's own Python"
    if late:
        raise Refused(f"{name} gave no answer in {seconds:.0f} s.", f"Try it in a terminal. {NAME_ANOTHER}")
    how = f"ended by signal {-code}" if code < 0 else f"ended with status {code}"
    try:
        report = msgspec.json.decode(b"".join(said.splitlines()[-1:]), type=Report)
    except msgspec.MsgspecError:
        raise Refused(f"{name} {how} and did not answer as a Python does that is new enough.", NAME_ANOTHER) from None
    if report.loading:
        report = msgspec.structs.replace(report, loading=False, broken=f"it {how} while PyTorch was loaded.")
    return msgspec.structs.replace(report, python=python) if python else report


def require_usable(named: str) -> Report:
    """Raises UserError where it cannot run the engine, with what is missing and the line that installs it."""
    report = check(named)
    if not report.usable:
        raise Refused(summary(report), advice(report))
    return report


def _said(command: Sequence[str], name: str, seconds: float) -> tuple[bytes, int, bool]:
    """What it printed, its exit status, and whether its time ran out."""
    try:
        process = child.start(command, subprocess.PIPE, subprocess.DEVNULL)
    except OSError as error:
        raise Refused(f"{name} cannot be started: {error.strerror or error}.", NAME_ANOTHER) from error
    assert process.stdout is not None
    stdout, said = process.stdout, bytearray()

    def read() -> None:
        with contextlib.suppress(OSError, ValueError):
            while len(said) <= LONGEST and (piece := os.read(stdout.fileno(), 1 << 16)):
                said.extend(piece)

    reader = threading.Thread(target=read, name="runtime-reader", daemon=True)
    reader.start()
    try:
        child.hand_over(process, needs())
        reader.join(seconds)
        late = reader.is_alive()
        if not late and len(said) <= LONGEST:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(child.LEAVE_SECONDS)
    finally:
        if process.poll() is None or reader.is_alive():
            child.kill(process)
        code = process.wait()
        reader.join(child.LEAVE_SECONDS)
        for pipe in (process.stdin, stdout):
            if pipe is not None and not reader.is_alive():
                with contextlib.suppress(OSError):
                    pipe.close()
    return bytes(said), code, late
