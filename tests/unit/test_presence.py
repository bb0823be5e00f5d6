"""The installer for Windows sees that the program runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend.presence import MUTEX, announce

LOOK = """
import ctypes, sys
sys.frozen = sys.argv[1] == "frozen"
from gui.__main__ import main
main(["--help"])
synchronise = 0x00100000
print(bool(ctypes.windll.kernel32.OpenMutexW(synchronise, False, sys.argv[2])))
"""


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows has such names")
@pytest.mark.parametrize(("kind", "seen"), [("frozen", "True"), ("sources", "False")])
def test_the_installed_program_is_seen_while_it_runs(kind: str, seen: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, kind, MUTEX],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == seen


@pytest.mark.skipif(sys.platform == "win32", reason="there it does something")
def test_elsewhere_nothing_is_asked_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setitem(sys.modules, "ctypes", None)  # importing it would fail
    announce()
    assert sys.modules["ctypes"] is None
