"""A host as a program of its own, so that it can be killed: `HostProgram` starts it and asks it over its socket.

Run by itself it takes a home and a Script as JSON ("" for the real engine), trains what the home holds, and leaves
when its standard input ends.
"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from backend.client import connect
from backend.locks import is_held
from backend.paths import Home
from backend.protocol import host as p
from backend.service import Service
from backend.supervisor.engine import EngineCard
from backend.supervisor.launcher import LocalLauncher
from tests.fakes import scripted_trial
from tests.fakes.hosting import PATIENCE, Bench
from tests.fakes.scripted_engine import Script


class HostProgram:
    """One running host; `bench` follows it."""

    def __init__(self, home: Home, script: Script | None = None) -> None:
        self.home = home
        engine = "" if script is None else msgspec.json.encode(script).decode()
        user_data = str(home.root.with_name("user-data"))
        self.process = subprocess.Popen(
            (sys.executable, str(Path(__file__).absolute()), str(home.root), engine),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "XDG_DATA_HOME": user_data, "WIN_PD_OVERRIDE_LOCAL_APPDATA": user_data},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == b"ready"
        host = connect(home)
        assert host is not None
        self.bench = Bench(host, home)
        self.bench.do(p.Follow())

    def engine(self) -> psutil.Process | None:
        """The engine of this home, if it lives."""
        try:
            card = msgspec.json.decode(self.home.engine_card.read_bytes(), type=EngineCard)
            process = psutil.Process(card.pid)
            return process if abs(process.create_time() - card.created) < 1 else None
        except (FileNotFoundError, psutil.NoSuchProcess):
            return None

    def kill(self) -> None:
        """As by kill -9; its engine becomes an orphan."""
        self._take_what_was_told()
        self.process.kill()
        self.process.communicate()
        self.bench.host.close()

    def close(self) -> None:
        """As a user closes it."""
        self._take_what_was_told()
        self.process.communicate(timeout=PATIENCE)
        self.bench.host.close()
        assert self.process.returncode == 0

    def end(self) -> None:
        """Whatever state it is in; nothing of it is left."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self.bench.host.close()
        if is_held(self.home.engine_lock) and (engine := self.engine()) is not None:
            engine.kill()

    def _take_what_was_told(self) -> None:
        self.bench.events += self.bench.host.pump()


def until_released(home: Home) -> None:
    """Wait until no engine is left on a home."""
    deadline = time.monotonic() + PATIENCE
    while is_held(home.engine_lock):
        assert time.monotonic() < deadline, "The engine does not leave."
        time.sleep(0.02)


def run() -> None:
    script = msgspec.json.decode(sys.argv[2], type=Script) if sys.argv[2] else None
    launcher = LocalLauncher() if script is None else LocalLauncher(script.command(), scripted_trial.command())
    service = Service(Home(Path(sys.argv[1])), launcher)
    print("ready", flush=True)
    over = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    while not over.is_set():
        service.pump()
        service.wait(0.05)
    service.close()


if __name__ == "__main__":
    run()
