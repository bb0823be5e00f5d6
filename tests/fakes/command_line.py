"""The command line as users call it: a process of its own on the scripted engine, in one home."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from tests.fakes.scripted_engine import Script

PROGRAM = Path(__file__).with_name("scripted_espalier.py")
PATIENCE = 60.0
"""No test waits this long unless something is broken."""


class Ended(msgspec.Struct, frozen=True):
    """What a command left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON, one object a line; anything else there fails."""
        return [msgspec.json.decode(line, type=dict[str, Any]) for line in self.out.splitlines()]

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return msgspec.json.decode(self.out)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The lines that tell of this event."""
        return [line for line in self.lines if line["event"] == name]


class Going:
    """A command that still runs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.seen: list[dict[str, Any]] = []

    def until(self, event: str, **fields: object) -> dict[str, Any]:
        """Read JSON lines until one tells of this event with these fields."""
        assert self.process.stdout is not None
        for text in self.process.stdout:
            line = msgspec.json.decode(text, type=dict[str, Any])
            self.seen.append(line)
            if line.get("event") == event and fields.items() <= line.items():
                return line
        raise AssertionError(f"No {event} {fields} came: {self.seen[-5:]} {self.end().err}")

    def until_step(self, step: int) -> None:
        while self.until("metric")["step"] < step:
            pass

    def end(self) -> Ended:
        """Wait for its end and read the rest."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return Ended(self.process.returncode, out, err)


class CommandLine:
    """Calls on one home; `close` ends what was left running. The fake starter model never leaves `user_data`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.user_data = home.with_name("user-data")
        self._going: list[Going] = []

    def __call__(self, *words: object, script: Script | None = None, in_home: bool = True) -> Ended:
        return self.start(*words, script=script, in_home=in_home).end()

    def start(self, *words: object, script: Script | None = None, in_home: bool = True) -> Going:
        where = ("--base-dir", str(self.home)) if in_home else ()
        command = (sys.executable, str(PROGRAM), msgspec.json.encode(script or Script()).decode(), *map(_word, words))
        process = subprocess.Popen(
            (*command, *where),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, **self._places(), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
        )
        going = Going(process)
        self._going.append(going)
        return going

    def _places(self) -> dict[str, str]:
        folder = str(self.user_data)
        return {"XDG_DATA_HOME": folder, "WIN_PD_OVERRIDE_LOCAL_APPDATA": folder}

    def until_status(self, state: str) -> dict[str, Any]:
        """Ask until the host says it is in this state."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found: dict[str, Any] = self("status", "--json").json
            if found["status"] == state:
                return found
            assert time.monotonic() < deadline, found

    def close(self) -> None:
        for going in self._going:
            if going.process.poll() is None:
                going.process.kill()
            going.process.communicate()


def _word(word: object) -> str:
    return os.fsdecode(word) if isinstance(word, bytes) else str(word)
