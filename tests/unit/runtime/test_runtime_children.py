"""Every child that needs PyTorch runs on the Python that the settings name, asked anew at each start."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend import settings
from backend.frozen import sources
from backend.paths import Home
from backend.preview.process import preview_command
from backend.runtime.children import Child, command_of
from backend.runtime.interpreter import RuntimeUnusable
from backend.supervisor import child
from backend.supervisor.launcher import EngineCall, LocalLauncher


def test_with_none_named_this_program_runs_itself() -> None:
    assert command_of(Child.ENGINE) == (sys.executable, "-m", "backend.engine")


def test_engine_trial_and_preview_run_on_the_python_that_is_named(home: Home) -> None:
    home.create()
    settings.put(home, "engine.python", sys.executable)
    begin = (sys.executable, "-E", "-B", "-m")
    assert preview_command(home) == (*begin, "backend.engine.preview")
    assert command_of(Child.ENGINE, sys.executable) == (*begin, "backend.engine")
    assert LocalLauncher(python=lambda: sys.executable).trial == (*begin, "backend.engine.trial")


def test_a_change_holds_for_the_next_child(tmp_path: Path) -> None:
    named = [""]
    launcher = LocalLauncher(python=lambda: named[0])
    assert launcher.trial == (sys.executable, "-m", "backend.engine.trial")
    named[0] = str(tmp_path / "gone")
    with pytest.raises(RuntimeUnusable):
        _ = launcher.trial


def test_what_an_engine_was_started_on_stays_what_it_was_when_the_setting_changes(home: Home) -> None:
    home.create()
    named = [sys.executable]
    launcher = LocalLauncher((sys.executable, "-c", ""), python=lambda: named[0])
    assert not launcher.python
    process = launcher.start(EngineCall(address="nowhere", key="00", home=str(home.root)))
    named[0] = ""
    process.wait()
    assert launcher.python == sys.executable


def test_our_sources_are_found_whatever_the_users_variables_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = tmp_path / "backend"
    strange.mkdir()
    (strange / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    folder = tmp_path / "env"
    # Its own environment is made by a Python that these variables do not reach.
    subprocess.run([sys.executable, "-E", "-m", "venv", "--without-pip", str(folder)], check=True)
    python = command_of(Child.PROBE, str(folder))[0]
    code = "import backend; print(backend.__file__)"
    process = child.start((python, "-E", "-B", "-c", code), subprocess.PIPE, subprocess.DEVNULL)
    said, _ = process.communicate(timeout=60)
    assert Path(said.decode().strip()) == sources() / "backend" / "__init__.py"
