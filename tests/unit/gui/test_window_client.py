"""A window over a running host is its client: it shows and steers, closing it stops nothing, and it takes over."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton

from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.locks import is_held
from backend.paths import Home
from gui.actions.catalogue import ActionId
from gui.closing import Phase
from gui.closing_question import Way
from tests.fakes import scripted_espalier
from tests.fakes.hosting import give_base
from tests.fakes.scripted_engine import Script
from tests.fakes.window import PATIENCE_MS, User, WriteFile

SitDown = Callable[..., User]
LONG = Script(steps=100_000, seconds=0.005, save_every=1_000_000)


@pytest.fixture
def daemon(home: Home, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A host in another program, without a window."""
    give_base(home)
    script = msgspec.json.encode(LONG).decode()
    words = ["--base-dir", str(home.root), "daemon"]
    with (tmp_path / "daemon.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, scripted_espalier.__file__, script, *words],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not home.host_card.exists():
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        yield process
        process.kill()
        process.wait()


def begin(me: User, write_file: WriteFile) -> None:
    me.wait_for(lambda: me.program.facts.now.base is not None)
    me.drop(write_file("a.jsonl"))
    me.wait_for(lambda: me.can(ActionId.START) or me.state is HostState.TRAINING)
    if me.can(ActionId.START):
        me.press(ActionId.START)
    me.wait_for(lambda: me.job("a.jsonl").step > 3)


def test_it_shows_whose_client_it_is_and_leaves_the_training_running(
    user: SitDown, daemon: subprocess.Popen[bytes], write_file: WriteFile, home: Home
) -> None:
    me = user()
    assert me.program.facts.now.remote
    assert "of a running daemon" in me.window.windowTitle()
    assert "in another program" in me.window.status_line.file.whole_text()
    begin(me, write_file)
    me.window.close()
    box = me.window.findChild(QMessageBox, "close-question")
    assert isinstance(box, QMessageBox)
    leave = box.findChild(QPushButton, Way.LEAVE_RUNNING)
    assert isinstance(leave, QPushButton)
    leave.click()
    me.wait_for(lambda: me.program.closing.phase is Phase.GONE)
    assert daemon.poll() is None
    assert is_held(home.host_lock)
    again = user()
    assert again.state is HostState.TRAINING


def test_it_takes_over_when_the_other_program_is_gone(
    user: SitDown, daemon: subprocess.Popen[bytes], write_file: WriteFile
) -> None:
    me = user(LONG)
    begin(me, write_file)
    daemon.kill()
    daemon.wait()
    me.wait_for(lambda: me.program.facts.now.open and not me.program.facts.now.remote)
    me.wait_for(lambda: me.state is HostState.TRAINING)
    assert me.job("a.jsonl").state is not JobState.FAILED
