"""The window on a real X server under a window manager: a file dragged from another program trains."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend import settings
from backend.client import HostGone
from backend.domain.head import Base
from backend.domain.job import Job, JobState
from backend.opening import connect, open_for_reading
from backend.paths import Home
from backend.protocol import host as p
from tests.fakes.drag_source import SIDE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Xvfb stands for a screen on Linux only")

PROJECT = Path(__file__).parents[2]
DRAG_SOURCE = PROJECT / "tests" / "fakes" / "drag_source.py"
PROGRAMS = ("Xvfb", "openbox", "xdotool", "import")
SCREEN = "1400x900x24"
PATIENCE = 280.0
WINDOW = """
import sys
from pathlib import Path
from gui.app import main
status = main((), Path(sys.argv[1]))
print("left behind:", *(name for name in ("torch", "transformers", "peft") if name in sys.modules))
sys.exit(status)
"""
SHOTS = "ESPALIER_SHOTS"
"""Names a folder where the test leaves its screenshots for people to look at."""


class Screen:
    """An X server of the test's own, with what people do in front of it."""

    def __init__(self, display: str, folder: Path) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self._folder = folder

    def run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout.strip()

    def shoot(self, name: str) -> Path:
        """A picture of the whole screen."""
        path = self._folder / f"{name}.png"
        self.run("import", "-window", "root", str(path))
        return path

    def window(self, title: str) -> str:
        """The id of the window that bears `title`, once it is there."""
        return self.run("xdotool", "search", "--sync", "--onlyvisible", "--name", title).splitlines()[0]

    def drag(self, start: tuple[int, int], end: tuple[int, int], hold: Callable[[], object]) -> None:
        """Press, move in steps as a hand does, look, let go."""
        self.run("xdotool", "mousemove", str(start[0]), str(start[1]), "mousedown", "1")
        for part in range(1, 11):
            x, y = (round(a + (b - a) * part / 10) for a, b in zip(start, end, strict=True))
            self.run("xdotool", "mousemove", str(x), str(y), "sleep", "0.1")
        hold()
        self.run("xdotool", "mouseup", "1")


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.1)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """Xvfb on a free display, with openbox in it."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    assert not missing, f"Install {', '.join(missing)} for this test (Debian: xvfb openbox xdotool imagemagick)."
    with contextlib.ExitStack() as stack:
        read_end, write_end = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", SCREEN, "-nolisten", "tcp"],
            pass_fds=(write_end,),
            stderr=subprocess.DEVNULL,
        )
        stack.callback(end, server)
        os.close(write_end)
        with os.fdopen(read_end) as stream:
            number = stream.readline().strip()
        assert number, "Xvfb did not start"
        folder = Path(os.environ.get(SHOTS, tmp_path))
        made = Screen(f":{number}", folder)
        stack.callback(end, started(["openbox"], made.environment))
        yield made


def started(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    process.wait(timeout=60)


def jobs(home: Home) -> tuple[Job, ...]:
    host = open_for_reading(home)
    try:
        reply = host.handle(p.ListJobs())
    except HostGone:
        return ()
    finally:
        host.close()
    return reply.jobs if isinstance(reply, p.JobsReply) else ()


def ask(home: Home, request: p.Request) -> p.Reply:
    """Say something to the window's host, as the command line does."""
    host = connect(home)
    assert host is not None
    try:
        return host.handle(request)
    finally:
        host.close()


def test_a_file_dragged_from_another_program_is_queued_and_trains(
    starter_base: Base,
    screen: Screen,
    home: Home,
    tmp_path: Path,
    write_rows: Callable[[Path, list[dict[str, Any]]], Path],
    sample_rows: Callable[[int], list[dict[str, Any]]],
) -> None:
    file = write_rows(tmp_path / "dragged.jsonl", sample_rows(8))
    settings.put(home, "engine.token_budget", "512")  # measuring it is tested elsewhere
    window = subprocess.Popen(
        [sys.executable, "-c", WINDOW, str(home.root)],
        cwd=PROJECT,
        env=screen.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    source = subprocess.Popen(
        [sys.executable, str(DRAG_SOURCE), "5", "5", str(file)],
        env=screen.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert source.stdout is not None
        assert source.stdout.readline() == "ready\n"
        window_id = screen.window("Espalier")
        until(lambda: connect_and_close(home), "the window's host")
        screen.run("xdotool", "windowmove", window_id, "140", "40", "windowactivate", "--sync", window_id)
        screen.drag((5 + SIDE // 2, 5 + SIDE // 2), (700, 450), lambda: screen.shoot("hovering"))
        assert source.stdout.readline() == "dropped CopyAction\n"
        until(lambda: [job.name for job in jobs(home)] == ["dragged.jsonl"], "the dropped file")
        screen.shoot("queued")
        assert isinstance(ask(home, p.AddModel(source="starter")), p.Done)
        assert isinstance(ask(home, p.UseModel(slug="starter")), p.Done)
        screen.run("xdotool", "key", "--window", window_id, "ctrl+t")
        until(lambda: any(job.state is JobState.DONE for job in jobs(home)), "the end of the training")
        screen.shoot("trained")
        window.terminate()
        said, _ = window.communicate(timeout=120)
        assert window.returncode == 0
        assert said.splitlines()[-1].strip() == "left behind:"
    finally:
        for process in (source, window):
            process.kill()
            process.communicate()


def connect_and_close(home: Home) -> bool:
    host = connect(home)
    if host is not None:
        host.close()
    return host is not None
