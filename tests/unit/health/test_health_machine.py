"""Checks of the machine: what counts as a fault and what is only noted."""

import pytest

from backend.health import machine
from backend.health.machine import database_library, machine_checks, package_check, window_libraries


def test_every_package_that_training_needs_is_found_without_importing_it() -> None:
    checks = {check.name: check for check in machine_checks({})}
    assert all(checks[name].ok for name in machine.PACKAGES)
    assert {"python", "hardware", "accelerator", "sqlite"} <= checks.keys()


def test_a_package_that_is_missing_is_a_fault_with_a_remedy() -> None:
    check = package_check("no-such-package")
    assert not check.ok
    assert "setup" in check.hint


@pytest.mark.parametrize(
    ("number", "word"), [((3, 40, 1), "bug"), ((3, 50, 7), "safe"), ((3, 51, 0), "bug"), ((3, 51, 3), "safe")]
)
def test_the_wal_bug_is_noted_and_is_no_fault(number: tuple[int, int, int], word: str) -> None:
    check = database_library(number)
    assert check.ok
    assert word in check.text


def test_a_missing_window_library_is_a_fault_only_where_there_is_a_display() -> None:
    lacking = {"libno-such-thing.so.9": "libno-such-thing9"}
    shown, hidden = window_libraries({"DISPLAY": ":0"}, lacking), window_libraries({}, lacking)
    assert (shown.ok, hidden.ok) == (False, True)
    assert "sudo apt install libno-such-thing9" in shown.hint
