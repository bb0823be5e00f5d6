"""start.py: what it understands, what it says to an old Python, and what it hands on."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bootstrap import checks, commands, environment, system
from bootstrap.places import Places
from bootstrap.problem import Problem

START = Path(__file__).parents[2] / "start.py"


@pytest.mark.parametrize(
    ("arguments", "command", "rest"),
    [
        ([], "window", []),
        (["--", "--base-dir", "x"], "window", ["--base-dir", "x"]),
        (["demo"], "demo", []),
        (["demo", "--", "--json"], "demo", ["--json"]),
        (["demo", "--json"], "demo", ["--json"]),
        (["test", "--", "-k", "a or b", "--", "x"], "test", ["-k", "a or b", "--", "x"]),
        (["--help"], "--help", []),
    ],
)
def test_arguments_after_two_dashes_go_on(arguments: list[str], command: str, rest: list[str]) -> None:
    assert commands.split(arguments) == (command, rest)


def test_python_36_can_read_the_file_and_is_told_what_to_install() -> None:
    source = START.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    older = "import sys; sys.hexversion = 0x030600F0; sys.version = '3.6.9 (old)'; exec(sys.stdin.read())"
    done = subprocess.run([sys.executable, "-c", older], input=source, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer, and this is Python 3.6.9" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help_names_every_command(word: str) -> None:
    done = subprocess.run([sys.executable, START, word], capture_output=True, text=True, check=True)
    assert all(f"start.py {command}" in done.stdout for command in ("demo", "test", "setup"))


def test_an_unknown_command_is_wrong_use() -> None:
    done = subprocess.run([sys.executable, START, "dance"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "knows no command dance" in done.stderr
    assert done.stdout == ""


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What start.py would turn into, with the set-up taken as done."""
    seen: list[list[str]] = []

    def remember(_: Places, arguments: list[str]) -> int:
        seen.append(arguments)
        return 0

    monkeypatch.setattr(commands, "_become", remember)
    monkeypatch.setattr(environment, "prepare", lambda *_: None)
    monkeypatch.setattr(system, "missing_libraries", lambda _: [])
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    return seen


def test_with_a_display_the_window_opens(become: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert commands.main(["--", "--base-dir", "x"]) == 0
    assert become == [["--demo", "--base-dir", "x"]]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_it_says_so_and_runs_in_the_terminal(
    become: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert commands.main(["--", "--json"]) == 0
    assert become == [["demo", "--json"]]
    assert "No window can be shown here" in capsys.readouterr().err


def test_demo_never_asks_for_a_display(become: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "missing_libraries", lambda _: ["libEGL.so.1"])
    assert commands.main(["demo", "--json"]) == 0
    assert become == [["demo", "--json"]]


def test_a_problem_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise Problem("It broke.", "Mend it.")

    monkeypatch.setattr(environment, "prepare", fails)
    assert commands.main(["setup"]) == 1
    assert capsys.readouterr().err == "\nIt broke.\nMend it.\n"


def test_ctrl_c_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "prepare", interrupted)
    assert commands.main(["setup"]) == 130
    assert "goes on from here" in capsys.readouterr().err


def test_the_whole_fault_loops_are_asked_for_by_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, ...]] = []

    def run_all(_: Places, chosen: list[checks.Check]) -> int:
        ran.extend(check.command for check in chosen)
        return 0

    monkeypatch.setattr(environment, "prepare", lambda *_: None)
    monkeypatch.setattr(system, "require_libraries", lambda _: None)
    monkeypatch.setattr(system, "require_programs", lambda _: None)
    monkeypatch.setattr(checks, "run_all", run_all)
    monkeypatch.delenv(commands.FAULTS_VARIABLE, raising=False)
    assert commands.main(["test", "--faults", "-k", "delete"]) == 0
    (command,) = ran
    assert "tests/faults" in command
    assert command[-2:] == ("-k", "delete")
    assert os.environ.pop(commands.FAULTS_VARIABLE) == "1"
