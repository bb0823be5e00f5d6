"""The real self-check: all parts of this program work; what is broken is named, and nothing hangs or stays behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil
import pytest

from gui.self_check.rows import CLEANING, TASKS, Report, Row, Verdict

PROJECT = Path(__file__).parents[2]
PATIENCE = 240.0
"""No test waits this long unless something is broken."""
ENGINE = ("engine", "preview", "training", "exactness", "version", "way back")
"""Rows that need the engine."""
ENDS_AT_ONCE = b"import os\n\nos._exit(9)\n"


class Checked:
    """One self-check as users call it, in a place for temporary files and with user data of its own."""

    def __init__(self, place: Path, program: Path = PROJECT) -> None:
        self.temporary, self.user_data = place / "temporary", place / "user-data"
        self.temporary.mkdir(parents=True)
        self.user_data.mkdir()
        self.program = program

    def start(self, *options: str) -> "subprocess.Popen[bytes]":
        seen = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        for name in ("TMPDIR", "TEMP", "TMP"):
            seen[name] = str(self.temporary)
        for name in ("XDG_DATA_HOME", "WIN_PD_OVERRIDE_LOCAL_APPDATA"):
            seen[name] = str(self.user_data)
        seen.pop("QT_QPA_PLATFORM", None)
        return subprocess.Popen(
            [sys.executable, "-m", "gui", "--self-check", *options],
            cwd=self.program,
            env=seen,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *options: str) -> tuple[int, str]:
        """Exit status and standard output."""
        with self.start(*options) as process:
            out, err = process.communicate(timeout=PATIENCE)
        assert err == b"", err.decode()
        return process.returncode, out.decode()

    def report(self) -> tuple[int, Report]:
        status, out = self.run("--json")
        return status, msgspec.json.decode(out, type=Report)

    def kept(self) -> list[Path]:
        """Folders of self-checks that are still there."""
        return [path for path in self.temporary.iterdir() if path.name.startswith("espalier-self-check-")]


def verdicts(report: Report) -> dict[str, Verdict]:
    return {row.name: row.verdict for row in report.rows}


def is_there(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def row_of(report: Report, name: str) -> Row:
    return next(row for row in report.rows if row.name == name)


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str, bytes], Checked]:
    """The program with the content of one of its files changed."""

    def copied(name: str, content: bytes) -> Checked:
        program = tmp_path / "program"
        for folder in ("backend", "gui", "resources"):
            shutil.copytree(PROJECT / folder, program / folder, ignore=shutil.ignore_patterns("__pycache__"))
        assert (program / name).is_file()
        (program / name).write_bytes(content)
        return Checked(tmp_path, program)

    return copied


def test_all_parts_work_and_nothing_stays_behind(tmp_path: Path) -> None:
    checked = Checked(tmp_path)
    status, report = checked.report()
    assert {name: found for name, found in verdicts(report).items() if found is not Verdict.OK} == {}, report
    assert [row.name for row in report.rows] == [*(task.name for task in TASKS), CLEANING]
    assert (status, report.ok, report.home) == (0, True, None)
    assert row_of(report, "engine").text.startswith("torch ")
    assert "identity.jsonl dropped and queued" in row_of(report, "window").text
    assert "the same bytes" in row_of(report, "exactness").text
    assert "verified and loaded" in row_of(report, "version").text
    assert checked.kept() == []
    assert list(checked.user_data.iterdir()) == []


def test_an_engine_that_dies_is_named_and_what_was_tried_is_kept(broken: Callable[[str, bytes], Checked]) -> None:
    checked = broken("backend/engine/session.py", b"raise SystemExit(7)\n")
    status, report = checked.report()
    assert (status, report.ok) == (1, False)
    assert "exit status 7" in row_of(report, "engine").text
    assert row_of(report, "engine").hint
    found = verdicts(report)
    assert [name for name, verdict in found.items() if verdict is Verdict.FAILED] == ["engine"]
    assert [name for name, verdict in found.items() if verdict is Verdict.NOT_RUN] == [*ENGINE[1:], CLEANING]
    assert [str(path) for path in checked.kept()] == [report.home]
    assert (checked.kept()[0] / "home" / "logs" / "engine.log").is_file()


def test_a_damaged_model_is_named_in_the_table(broken: Callable[[str, bytes], Checked]) -> None:
    weights = bytearray((PROJECT / "resources" / "tiny_model" / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    status, shown = broken("resources/tiny_model/model.safetensors", bytes(weights)).run()
    assert status == 1
    (failed,) = (line for line in shown.splitlines() if "FAILED" in line)
    assert failed.split()[1] == "files"
    assert "Install Espalier again." in shown
    assert "Failed: files" in shown
    assert "kept in" in shown


def test_a_part_that_takes_the_program_down_is_named(broken: Callable[[str, bytes], Checked]) -> None:
    checked = broken("gui/self_check/window.py", ENDS_AT_ONCE)
    status, report = checked.report()
    assert status == 1
    assert "ended in the midst of it (exit status 9)" in row_of(report, "window").text
    names = [row.name for row in report.rows]
    after = names[names.index("window") + 1 :]
    assert {verdicts(report)[name] for name in after} == {Verdict.NOT_RUN}


def test_a_child_that_becomes_a_window_is_named(broken: Callable[[str, bytes], Checked]) -> None:
    own = (PROJECT / "gui" / "self_check" / "program.py").read_bytes()
    checked = broken(
        "gui/self_check/program.py", own.replace(b"import sys\n", b"import sys\nimport PySide6.QtWidgets\n")
    )
    (checked.program / "gui" / "self_check" / "window.py").write_bytes(ENDS_AT_ONCE)
    status, report = checked.report()
    assert status == 1
    assert row_of(report, "processes").text == "A child of Espalier became another Espalier: it loaded the window."


def test_a_part_that_hangs_is_given_up(broken: Callable[[str, bytes], Checked]) -> None:
    checked = broken("gui/self_check/window.py", b"import time\n\nwhile True:\n    time.sleep(1)\n")
    rows = checked.program / "gui" / "self_check" / "rows.py"
    patient = rows.read_text(encoding="utf-8")
    assert 'Task("window", 240)' in patient
    rows.write_text(patient.replace('Task("window", 240)', 'Task("window", 1)'), encoding="utf-8")
    begun = time.monotonic()
    status, report = checked.report()
    assert status == 1
    assert row_of(report, "window").text == "It did not end within 1 s."
    assert time.monotonic() - begun < PATIENCE / 4


@pytest.mark.skipif(sys.platform == "win32", reason="no signal reaches one program alone on Windows")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_it_and_all_that_it_started(name: str, tmp_path: Path) -> None:
    checked = Checked(tmp_path)
    with checked.start("--json") as process:
        started: set[psutil.Process] = set()
        deadline = time.monotonic() + PATIENCE
        while not list(checked.temporary.glob("*/home/control/engine.json")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            started.update(psutil.Process(process.pid).children(recursive=True))
            time.sleep(0.05)
        process.send_signal(signal.Signals[name])
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, err
    assert name in msgspec.json.decode(out, type=dict[str, str])["error"]
    assert checked.kept() == []
    assert len(started) >= 2
    assert [one for one in started if is_there(one)] == []
