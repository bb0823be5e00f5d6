"""The Python that trains is chosen in the settings: only one that was seen to run the engine can be saved."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from backend import settings
from backend.paths import Home
from backend.runtime.interpreter import SETTING
from gui.actions.catalogue import ActionId
from gui.settings.dialog import SettingsDialog
from gui.settings.runtime_editor import RuntimeEditor
from tests.fakes.window import User

SitDown = Callable[..., User]


def test_an_unchecked_one_cannot_be_saved_and_a_checked_one_is(user: SitDown, home: Home, tmp_path: Path) -> None:
    me = user()
    me.press(ActionId.SETTINGS)
    [dialog] = [one for one in me.window.findChildren(SettingsDialog) if one.isVisible()]
    me.wait_for(lambda: bool(dialog.form.fields))
    editor = dialog.form.fields[SETTING].editor
    assert isinstance(editor, RuntimeEditor)
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    editor.line.setText(str(bare))
    assert not dialog.save.isEnabled()
    editor.check.click()
    me.wait_for(lambda: "missing: torch" in editor.told.text())
    assert not dialog.save.isEnabled()
    editor.copy.click()
    assert "pip install" in QApplication.clipboard().text()
    editor.line.setText(sys.executable)
    assert not dialog.save.isEnabled()
    editor.check.click()
    me.wait_for(lambda: "cpu" in editor.told.text())
    assert dialog.save.isEnabled()
    dialog.save.click()
    me.wait_for(lambda: settings.load(home).engine.python == sys.executable)


@pytest.mark.skipif(sys.platform == "win32", reason="a script with #! is no program there")
def test_one_that_passed_and_fails_a_second_look_cannot_be_saved(user: SitDown, tmp_path: Path) -> None:
    me = user()
    me.press(ActionId.SETTINGS)
    [dialog] = [one for one in me.window.findChildren(SettingsDialog) if one.isVisible()]
    me.wait_for(lambda: bool(dialog.form.fields))
    editor = dialog.form.fields[SETTING].editor
    assert isinstance(editor, RuntimeEditor)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    editor.line.setText(str(python))
    editor.check.click()
    me.wait_for(lambda: "cpu" in editor.told.text())
    assert dialog.save.isEnabled()
    python.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    editor.check.click()
    me.wait_for(lambda: "ended with status 3" in editor.told.text())
    assert not dialog.save.isEnabled()
