"""Files that the desktop opens with a program that runs already: macOS tells of them by events."""

import os
import subprocess
import sys
from pathlib import Path

from backend.paths import Home
from tests.fakes.hosting import give_base
from tests.fakes.window import PATIENCE_MS, WriteFile

PROJECT = Path(__file__).parents[3]
OPENING = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFileOpenEvent
from backend.opening import open_host
from backend.paths import Home
from backend.supervisor.launcher import LocalLauncher
from gui.application import Application
from gui.program import Program
from tests.fakes.scripted_engine import Script

when, home, *files = sys.argv[1:]
app = Application([])
program = Program(app, Home(Path(home)), lambda of: open_host(of, LocalLauncher(Script().command())), lambda: False)
app.files_opened.connect(program.open_files)
program.gone.connect(app.quit)

def open_with_it():
    for name in files:
        app.sendEvent(app, QFileOpenEvent(name))

def look():
    if program.facts.now.open and unsent:
        unsent.clear()
        program.window.hide()
        open_with_it()
    queued = program.window.queue.model.waiting()
    if len(queued) == len(files) and "queued" in program.window.banner.words:
        looking.stop()
        print(program.window.isVisible(), program.window.banner.words)
        print(*(job.name for job in queued))
        program.closing.now()

unsent = [when] if when == "after" else []
if not unsent:
    open_with_it()
looking = QTimer(app)
looking.timeout.connect(look)
looking.start(20)
program.show()
sys.exit(app.exec())
"""


def opened(when: str, home: Home, *files: Path) -> list[str]:
    """What is to be seen after files were opened with the program, `before` or `after` its host answers."""
    give_base(home)
    done = subprocess.run(
        [sys.executable, "-c", OPENING, when, str(home.root), *map(str, files)],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_MS / 1000,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_files_that_start_the_program_wait_for_its_host(home: Home, write_file: WriteFile) -> None:
    assert opened("before", home, write_file("a.jsonl")) == ["True a.jsonl is queued, first.", "a.jsonl"]


def test_files_opened_together_are_one_drop_and_bring_the_window_back(home: Home, write_file: WriteFile) -> None:
    told, names = opened("after", home, write_file("a.jsonl"), write_file("b.jsonl"))
    assert told == "True 2 files queued, from first place on."
    assert names == "a.jsonl b.jsonl"
