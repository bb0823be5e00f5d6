"""Trains one segment and dies as by kill -9 at a point of writing a snapshot: `... TRAIN STEP POINT`."""

import os
import signal
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec

from backend.engine import device
from backend.engine.resident import Resident
from backend.engine.training.segment import Segment
from backend.evolution.snapshot import file_name
from backend.protocol.engine import Train
from tests.drivers.segments import Told

POINTS = ("open", "write", "rename", "folder")
"""Before the temporary file is made, before it is durable, before it gets its name, before its name is durable."""


class Death:
    """Stands in front of the calls of the one layer that writes, and dies at the chosen one."""

    def __init__(self, step: int, point: str) -> None:
        self._name = file_name(step)
        self._point = point
        self._writing = False
        self._named = False
        self._open, self._fsync, self._replace = os.open, os.fsync, Path.replace

    def open(self, path: Any, *arguments: Any, **named: Any) -> int:
        if self._name in str(path):
            self._at("open")
            self._writing = True
        return self._open(path, *arguments, **named)

    def fsync(self, descriptor: int) -> None:
        if self._writing:
            self._at("folder" if self._named else "write")
        self._fsync(descriptor)

    def rename(self, path: Path, target: Path) -> Path:
        if target.name != self._name:
            return self._replace(path, target)
        self._at("rename")
        self._named = True
        return self._replace(path, target)

    def _at(self, point: str) -> None:
        if point == self._point:
            os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def main(command: str, step: str, point: str) -> None:
    train = msgspec.json.decode(command, type=Train)
    death = Death(int(step), point)

    def replace(path: Path, target: Path) -> Path:
        return death.rename(path, target)

    told = Told({}, {})
    with (
        mock.patch("os.open", death.open),
        mock.patch("os.fsync", death.fsync),
        mock.patch.object(Path, "replace", replace),
    ):
        Segment(train, device.choose(train.engine), Resident(), told, told.control).train()


if __name__ == "__main__":
    main(*sys.argv[1:])
