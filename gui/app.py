"""Where the window begins: one for each home, or a second start that hands its files over."""

import locale
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from backend.errors import UserError
from backend.locks import KernelLock
from backend.paths import Home
from gui import screens
from gui.application import Application
from gui.client import hand_over
from gui.crash import CrashDialog, CrashReporter
from gui.program import Program
from gui.signals import SignalWatch
from gui.title import NAME


def main(files: Sequence[Path] = (), base_dir: Path | None = None, demo: bool = False) -> int:
    """Open the window and stay until it is closed.

    Args:
        files: queued as if they had been dropped.
        base_dir: the home folder; None takes the usual one.
        demo: have the starter model and the identity sample ready to go.

    Returns:
        The exit status for the shell.
    """
    try:
        screens.require()
        home = Home.locate(base_dir)
        home.create()
    except UserError as error:
        print(error, file=sys.stderr)
        return int(error.exit_status)
    lock = KernelLock(home.window_lock)
    if not lock.try_acquire():
        return hand_over(home, files)
    try:
        return _run(home, files, demo)
    finally:
        lock.release()


def application(arguments: list[str]) -> Application:
    """Qt's application, as every window of ours needs it."""
    QCoreApplication.setApplicationName(NAME)
    QCoreApplication.setOrganizationName(NAME)
    app = Application(arguments)
    app.setDesktopFileName("espalier")
    app.setQuitOnLastWindowClosed(False)
    locale.setlocale(locale.LC_NUMERIC, "C")  # Qt has set the user's; a comma for a point breaks tokenizers
    return app


def _run(home: Home, files: Sequence[Path], demo: bool) -> int:
    app = application(sys.argv[:1])
    program = Program(app, home)
    crashes = CrashReporter(program)
    dialog = CrashDialog(program.window)
    crashes.happened.connect(program.log_bug)
    crashes.happened.connect(dialog.show)
    crashes.install()
    watch = SignalWatch(program)
    watch.asked_to_end.connect(program.closing.now)
    app.commitDataRequest.connect(program.end_session)
    app.files_opened.connect(program.open_files)
    program.gone.connect(app.quit)
    program.show(files, demo)
    try:
        return app.exec()
    finally:
        watch.close()
        crashes.uninstall()
