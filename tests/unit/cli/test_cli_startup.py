"""Short commands load no more than they need."""

import subprocess
import sys
from pathlib import Path

import msgspec

HEAVY = {"torch", "transformers", "peft", "PySide6", "pyqtgraph", "sqlite_utils", "numpy"}


def test_status_through_the_front_door_loads_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys; from gui.__main__ import main;"
        f"status = main(['status', '--json', '--base-dir', {str(tmp_path)!r}]);"
        "print(status, *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    answer, loaded = done.stdout.splitlines()
    status, *names = loaded.split()
    assert '"status":"idle"' in answer
    assert status == "0"
    assert HEAVY & set(names) == set()


def test_a_frozen_program_becomes_an_engine_that_calls_its_host(tmp_path: Path) -> None:
    call = msgspec.json.encode({"address": str(tmp_path / "nobody"), "key": "00", "home": str(tmp_path)})
    done = subprocess.run(
        [sys.executable, "-m", "gui", "--engine"],
        input=call + b"\n",
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == 1
    assert b"nobody" in done.stderr or b"FileNotFoundError" in done.stderr
    assert str(Path("backend", "engine", "__main__.py")).encode() in done.stderr
