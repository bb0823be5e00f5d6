"""All checks run whatever fails, and the end sums up."""

from pathlib import Path

import pytest
from bootstrap import checks
from bootstrap.checks import Check
from bootstrap.places import Places

GOOD = Check("good", ("-c", "print('== 7 passed ==')"))
BAD = Check("bad", ("-c", "import sys; print('1 failed'); sys.exit(3)"))


def test_a_failure_stops_no_other_check_and_counts(with_python: Places, capfd: pytest.CaptureFixture[str]) -> None:
    assert checks.run_all(with_python, [BAD, GOOD]) == 1
    *said, bad, good, summary = capfd.readouterr().out.splitlines()
    assert [line for line in said if line and not line.startswith("---")] == ["1 failed", "== 7 passed =="]
    assert bad.startswith("FAILED bad")
    assert bad.endswith("1 failed")
    assert good.startswith("ok     good")
    assert good.endswith("7 passed")
    assert summary == "Failed: bad."


def test_tests_have_a_temporary_folder_of_their_own_that_goes_with_them(
    with_python: Places, capfd: pytest.CaptureFixture[str]
) -> None:
    looks = Check("looks", ("-c", "import os; print(os.listdir(os.environ['PYTEST_DEBUG_TEMPROOT']))"))
    tells = Check("tells", ("-c", "import os; print(os.environ['PYTEST_DEBUG_TEMPROOT'])"))
    assert checks.run_all(with_python, [looks, tells]) == 0
    said = [line for line in capfd.readouterr().out.splitlines() if line and not line.startswith("---")]
    assert said[0] == "[]"
    assert not Path(said[1]).exists()


def test_all_good_is_zero(with_python: Places, capfd: pytest.CaptureFixture[str]) -> None:
    assert checks.run_all(with_python, [GOOD]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "All checks and tests passed."


def test_the_checks_are_the_projects_and_pytest_takes_arguments() -> None:
    commands = [" ".join(check.command) for check in checks.all_checks(["-k", "x"])]
    assert commands[:3] == ["-m ruff check .", "-m ruff format --check .", "-m mypy"]
    assert [command.split()[3] for command in commands[3:5]] == ["win32", "darwin"]
    assert commands[5:] == ["-m pytest -n 2 --dist loadfile --no-loadscope-reorder -k x"]
