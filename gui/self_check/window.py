"""The real window without a screen: painted, its host opened, a file dropped and shown in the queue, closed again."""

import contextlib
import functools
import sys
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMimeData, QPointF, Qt, QThread, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from backend.domain.job import Job
from backend.errors import UserError
from gui.app import application
from gui.crash import CrashReporter
from gui.program import Program
from gui.self_check.bench import Bench

STEP_SECONDS = 40.0
LOOK_MS = 20
PIXELS_APART = 7
FEWEST_COLOURS = 8
"""A window of which nothing was drawn has one or two."""
SAMPLE = "identity.jsonl"


def window(bench: Bench) -> str:
    """Open, use and close it; raises UserError where something does not come."""
    app = bench.kept_alive = application(sys.argv[:1])
    program = Program(app, bench.home)
    traces: list[str] = []
    gone: list[bool] = []
    painted: list[bool] = []
    crashes = CrashReporter(program)
    crashes.happened.connect(traces.append)
    crashes.install()
    program.window.painted.connect(functools.partial(painted.append, True))
    program.gone.connect(functools.partial(gone.append, True))
    try:
        program.show()
        wait_for(lambda: bool(painted), "The window was not painted")
        wait_for(lambda: program.facts.now.open, "The host of the window did not open")
        require_picture(program.window)
        job = drop(program)
        bench.job = job.id
        close(program, gone)
    except UserError:
        with contextlib.suppress(UserError):  # so that the home is free for the rows that follow
            close(program, gone)
        raise
    finally:
        crashes.uninstall()
    running = [thread.objectName() for thread in program.findChildren(QThread) if thread.isRunning()]
    if running:
        raise UserError(f"Threads of the closed window go on: {', '.join(running)}.")
    if traces:
        raise UserError(f"The window came upon a mistake of its own: {traces[0].splitlines()[-1]}.", traces[0])
    size = program.window.size()
    return f"{size.width()} x {size.height()} painted, host opened, {job.name} dropped and queued, closed"


def drop(program: Program) -> Job:
    """Let the sample go over the window as a desktop does; returns it as the queue then shows it."""
    target = program.window
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(Path(str(files("resources"))) / "samples" / SAMPLE))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    middle = target.rect().center()
    enter = QDragEnterEvent(middle, Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(target, enter)
    event = QDropEvent(QPointF(middle), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(target, event)
    if not (enter.isAccepted() and event.isAccepted()):
        raise UserError("The window did not take the file that was dropped on it.")
    wait_for(lambda: bool(program.window.queue.model.waiting()), "The dropped file did not come into the queue")
    return program.window.queue.model.waiting()[0]


def close(program: Program, gone: list[bool]) -> None:
    """As a signal would; a second time only waits."""
    program.closing.now()
    wait_for(lambda: bool(gone), "The window did not close")


def require_picture(shown: QWidget) -> None:
    """Raises UserError where nothing was drawn."""
    picture = shown.grab().toImage()
    places = range(0, picture.width(), PIXELS_APART), range(0, picture.height(), PIXELS_APART)
    colours = {picture.pixel(x, y) for x in places[0] for y in places[1]}
    if len(colours) < FEWEST_COLOURS:
        raise UserError("The window shows nothing.", "Qt's offscreen platform may lack its fonts.")


def wait_for(holds: Callable[[], bool], failure: str) -> None:
    """Let the window live until `holds`; raises UserError where it does not."""
    deadline = time.monotonic() + STEP_SECONDS
    loop, timer = QEventLoop(), QTimer()

    def look() -> None:
        if holds() or time.monotonic() > deadline:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(LOOK_MS)
    if not holds():
        loop.exec()
    timer.stop()
    if not holds():
        raise UserError(f"{failure} within {STEP_SECONDS:.0f} s.", "The log may say why.")
