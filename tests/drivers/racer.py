"""A program of its own in a race: started and warm before the race begins, so that all runners really run at once.

It reads one JSON list of words a line and answers each with one JSON line last: `["host", HOME]` becomes the host of a
home on the scripted engine, `["leave"]` lets it go, and any other words are a command of `espalier`, whose JSON lines
come first.
"""

import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from backend.cli.main import main
from backend.errors import Refused
from backend.paths import Home
from backend.service import Service
from backend.supervisor.launcher import LocalLauncher
from tests.fakes.scripted_engine import Script

LAUNCHER = LocalLauncher(Script().command())


def run() -> None:
    host: Service | None = None
    for line in sys.stdin:
        match msgspec.json.decode(line, type=list[str]):
            case ["host", folder]:
                try:
                    host = Service(Home(Path(folder)), LAUNCHER)
                except Refused:
                    host = None
                answer(0 if host else 3)
            case ["leave"]:
                if host is not None:
                    host.close()
                answer(0)
            case words:
                answer(main(words, LAUNCHER))


def answer(status: int) -> None:
    sys.stdout.buffer.write(msgspec.json.encode({"status": int(status)}) + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run()
