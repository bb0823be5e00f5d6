"""The start of the window: fast, light, ready for a first training, one window a home."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.cli.demo import SETTINGS
from backend.domain.job import JobState
from backend.errors import ExitStatus
from backend.locks import KernelLock
from backend.opening import open_host
from backend.paths import Home
from backend.supervisor.launcher import LocalLauncher
from gui.actions.catalogue import ActionId
from gui.client import hand_over
from gui.program import Program
from gui.starter import SAMPLE_SETTINGS, sample
from tests.fakes.hosting import give_base
from tests.fakes.scripted_engine import Script
from tests.fakes.window import PATIENCE_MS, User, WriteFile

SitDown = Callable[..., User]
PROJECT = Path(__file__).parents[3]
HEAVY = ("torch", "transformers", "peft", "numpy", "pyqtgraph", "sqlite3", "sqlite_utils", "typer", "rich")

FIRST_PAINT = """
import sys, time
began = time.perf_counter()
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from backend.paths import Home
from gui.program import Program

home = Home(Path(sys.argv[1]))
home.create()
app = QApplication([])
program = Program(app, home)

def at_first_paint():
    seconds = time.perf_counter() - began
    print(seconds, *(name for name in sys.argv[2:] if name in sys.modules), flush=True)

program.window.painted.connect(at_first_paint)
program.gone.connect(app.quit)
program.worker.opened.connect(program.closing.now)
program.show()
sys.exit(app.exec())
"""

SECOND_START = """
import sys
from pathlib import Path
from gui.app import main
sys.exit(main([Path(name) for name in sys.argv[2:]], Path(sys.argv[1])))
"""


def first_paint(home: Home) -> tuple[float, list[str]]:
    """Seconds from the start of Python code to the first paint, and which heavy libraries were loaded by then."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT, str(home.root), *HEAVY],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_MS / 1000,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seconds, *loaded = done.stdout.split()
    return float(seconds), loaded


def test_the_first_paint_waits_for_no_heavy_library_and_the_program_ends_well(home: Home) -> None:
    seconds, loaded = first_paint(home)
    assert loaded == []
    assert seconds < 10  # 0.3 s on an idle machine; the benchmark watches the figure, this a catastrophe


def test_without_files_in_it_a_window_offers_the_sample_with_the_settings_of_the_demo(user: SitDown) -> None:
    me = user()
    me.press(ActionId.TRY_SAMPLE)
    me.wait_for(lambda: me.names() == [sample().name])
    frozen = msgspec.structs.asdict(me.job(sample().name).settings)
    assert {key: frozen[key] for key in SETTINGS} == SETTINGS
    assert frozen["epochs"] == SAMPLE_SETTINGS.epochs


def test_the_demo_start_has_model_and_sample_ready_but_trains_nothing(
    qtbot: QtBot, qapp: QApplication, home: Home
) -> None:
    launcher = LocalLauncher(Script().command())
    program = Program(qapp, home, lambda of: open_host(of, launcher))
    program.show(demo=True)
    me = User(qtbot, program)
    me.wait_for(lambda: me.can(ActionId.START) and me.names() == [sample().name])
    assert me.job(sample().name).state is JobState.QUEUED
    with qtbot.waitSignal(program.gone, timeout=PATIENCE_MS):
        program.closing.now()


def test_files_named_at_the_start_are_queued(
    qtbot: QtBot, qapp: QApplication, home: Home, write_file: WriteFile
) -> None:
    give_base(home)
    program = Program(qapp, home, lambda of: open_host(of, LocalLauncher(Script().command())))
    program.show([write_file("a.jsonl"), write_file("b.jsonl")])
    me = User(qtbot, program)
    me.wait_for(lambda: me.names() == ["a.jsonl", "b.jsonl"])
    with qtbot.waitSignal(program.gone, timeout=PATIENCE_MS):
        program.closing.now()


def second_start(me: User, home: Home, *files: Path) -> tuple[int, str, str]:
    """What a second start of the program comes to: exit status, what it said, and what it complained of."""
    second = subprocess.Popen(
        [sys.executable, "-c", SECOND_START, str(home.root), *map(str, files)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with KernelLock(home.window_lock):
        me.wait_for(lambda: second.poll() is not None)
    said, complained = second.communicate()
    return second.returncode, said, complained


def test_a_second_start_hands_its_files_to_the_first_window_and_leaves(
    user: SitDown, write_file: WriteFile, home: Home, tmp_path: Path
) -> None:
    me = user()
    files = [write_file("a.jsonl"), tmp_path / "missing.jsonl", write_file("b.jsonl")]
    status, said, complained = second_start(me, home, *files)
    assert status == ExitStatus.FAILED
    assert said.splitlines() == ["a.jsonl is queued, first.", "b.jsonl is queued, second."]
    assert "missing.jsonl" in complained
    me.wait_for(lambda: me.names() == ["a.jsonl", "b.jsonl"])


def test_a_second_start_brings_a_hidden_window_back(user: SitDown, home: Home) -> None:
    me = user()
    me.window.hide()
    status, _, said = second_start(me, home)
    assert status == ExitStatus.DONE
    assert "its window comes to the front" in said
    me.wait_for(me.window.isVisible)


def test_a_second_start_that_nobody_answers_points_to_the_window(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hand_over(home, []) == ExitStatus.DONE
    assert "look for its window" in capsys.readouterr().err
