"""A screen of the test's own, Xvfb with openbox in it, and what people do in front of it."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PROGRAMS = ("Xvfb", "openbox", "xdotool", "import", "trayer")
SCREEN = "1400x900x24"
PATIENCE = 280.0
SHOTS = "ESPALIER_SHOTS"
"""Names a folder where the tests leave their screenshots for people to look at."""


class Screen:
    """An X server with a window manager."""

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

    def activate(self, number: str) -> None:
        """Give the window the keyboard; asked again until it has it, for one that is just coming up is passed over."""

        def is_active() -> bool:
            ask = ("xdotool", "windowactivate", number, "getactivewindow")
            done = subprocess.run(ask, env=self.environment, capture_output=True, text=True, check=False)
            return done.stdout.strip() == number

        until(is_active, "the active window")

    def click(self, place: tuple[int, int], button: int = 1) -> None:
        self.run("xdotool", "mousemove", str(place[0]), str(place[1]), "sleep", "0.2", "click", str(button))

    @contextlib.contextmanager
    def tray(self) -> Iterator[None]:
        """A desktop's tray in the lower right corner, from now on and as long as this lasts."""
        process = started(
            ["trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "28"],
            self.environment,
        )
        try:
            yield
        finally:
            end(process)

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


@contextlib.contextmanager
def open_screen(tmp_path: Path) -> Iterator[Screen]:
    """Xvfb on a free display, with openbox in it."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    assert not missing, f"Install {', '.join(missing)} for this test (Debian: xvfb openbox xdotool imagemagick trayer)."
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
