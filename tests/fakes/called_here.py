"""Commands called in this process, for a process for each would take most of a test's time."""

import contextlib
import io
from pathlib import Path

import pytest

from backend.cli.main import main
from backend.supervisor.launcher import Launcher, LocalLauncher
from tests.fakes import scripted_trial
from tests.fakes.command_line import Ended
from tests.fakes.scripted_engine import Script


class CalledHere:
    """Calls on one home, with what they print and their status."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: object, columns: int = 200, script: Script | None = None) -> Ended:
        out, err = _stream(), _stream()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COLUMNS", str(columns))
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = main([*map(str, words), "--base-dir", str(self.home)], _launcher(script))
        return Ended(status, _text(out), _text(err))


def _launcher(script: Script | None) -> Launcher:
    return LocalLauncher((script or Script()).command(), scripted_trial.command())


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
