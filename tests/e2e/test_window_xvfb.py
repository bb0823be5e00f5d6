"""The window on a real X server under a window manager: a file dragged from another program trains."""

import subprocess
import sys
import time
from collections.abc import Callable
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
from tests.fakes.screen import Screen, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Xvfb stands for a screen on Linux only")

PROJECT = Path(__file__).parents[2]
BEGINS_WITHIN = 5.0
"""Seconds until a job is no longer queued once Start was heard."""
DRAG_SOURCE = PROJECT / "tests" / "fakes" / "drag_source.py"
WINDOW = """
import sys
from pathlib import Path
from gui.app import main
status = main((), Path(sys.argv[1]))
print("left behind:", *(name for name in ("torch", "transformers", "peft") if name in sys.modules))
sys.exit(status)
"""


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
    settings.put(home, "engine.token_budget", "512")  # measuring it is tested elsewhere, and evolution too
    settings.put(home, "job.evolution_budget", "0")
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
        until(lambda: began_by_key(screen, window_id, home), "the training")
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


def began_by_key(screen: Screen, window_id: str, home: Home) -> bool:
    """Press Start. A key that comes before the window has heard of its model does nothing, and is pressed again."""
    screen.run("xdotool", "key", "--window", window_id, "ctrl+t")
    deadline = time.monotonic() + BEGINS_WITHIN
    while time.monotonic() < deadline:
        if any(job.state is not JobState.QUEUED for job in jobs(home)):
            return True
        time.sleep(0.1)
    return False


def connect_and_close(home: Home) -> bool:
    host = connect(home)
    if host is not None:
        host.close()
    return host is not None
