"""Programs of other systems that are not here, as small scripts that write down how they were called."""

from pathlib import Path
from typing import Protocol

import pytest


class StandIn(Protocol):
    """Puts a program on PATH, before all others; returns the file in which its calls are written down."""

    def __call__(self, name: str, does: str = "") -> Path: ...


class StandIns:
    """Those of one test, below one folder."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        (folder / "programs").mkdir()
        patch.setenv("PATH", f"{folder / 'programs'}:/usr/bin:/bin")

    def put(self, name: str, does: str = "") -> Path:
        """`does` is what it does in sh after it has written down its call."""
        calls = self._folder / f"{name}-calls"
        program = self._folder / "programs" / name
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>"{calls}"\n{does}\n', encoding="utf-8")
        program.chmod(0o755)
        return calls
