"""A real window on a real service, whose engine is scripted; no screen is needed."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from backend.opening import open_host
from backend.paths import Home
from backend.supervisor.launcher import LocalLauncher
from gui.program import Program
from gui.theme import Theme, ThemeKeeper
from tests.fakes import scripted_trial
from tests.fakes.hosting import give_base
from tests.fakes.scripted_engine import Script
from tests.fakes.window import PATIENCE_MS, OpenWindow, TrayThere, User, WriteFile, has_no_tray

os.environ["QT_QPA_PLATFORM"] = "offscreen"


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication, home: Home) -> Iterator[OpenWindow]:
    """Opens the window on `home`; closes what is open afterwards, and sees it gone."""
    opened: list[tuple[Program, list[bool]]] = []

    def open_one(script: Script | None = None, *, base: bool = True, tray: TrayThere = has_no_tray) -> Program:
        if base:
            give_base(home)
        launcher = LocalLauncher((script or Script()).command(), scripted_trial.command())
        program = Program(qapp, home, lambda of: open_host(of, launcher), tray)
        gone: list[bool] = []
        opened.append((program, gone))
        program.gone.connect(lambda: gone.append(True))
        program.show()
        qtbot.waitUntil(
            lambda: program.facts.now.open and program.facts.now.status.pid is not None, timeout=PATIENCE_MS
        )
        return program

    yield open_one
    for program, gone in opened:
        program.closing.now()
        qtbot.waitUntil(partial(bool, gone), timeout=PATIENCE_MS)
        program.window.deleteLater()
        program.deleteLater()


@pytest.fixture
def user(qtbot: QtBot, open_window: OpenWindow) -> Callable[..., User]:
    """Somebody in front of a window that has just been opened."""

    def sit_down(script: Script | None = None, *, base: bool = True, tray: TrayThere = has_no_tray) -> User:
        return User(qtbot, open_window(script, base=base, tray=tray))

    return sit_down


@pytest.fixture
def theme(qapp: QApplication) -> ThemeKeeper:
    return ThemeKeeper(qapp, Theme.LIGHT)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    """What dialogs belong to that are opened without a program."""
    made = QWidget()
    qtbot.addWidget(made)
    yield made
    made.close()


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Writes a file of short texts, and of lines that are no rows."""

    def write(name: str, count: int = 3, *bad: str) -> Path:
        lines = [f'{{"text": "{name} {number}"}}' for number in range(count)] + list(bad)
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write
