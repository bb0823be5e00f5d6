"""Homes, hosts that are programs of their own, and the table of what was killed where."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from tests.drivers.host_program import HostProgram
from tests.fakes import lived_home
from tests.fakes.hosting import give_base
from tests.fakes.scripted_engine import Script
from tests.faults.tally import Tally, table

TALLIES: pytest.StashKey[list[Tally]] = pytest.StashKey()
StartHost = Callable[[Script | None], HostProgram]


@pytest.fixture
def scripted_home(tmp_path: Path) -> Home:
    """A home whose head stands on a base for the scripted engine."""
    home = Home(tmp_path / "home")
    give_base(home)
    return home


@pytest.fixture
def start_host(scripted_home: Home) -> Iterator[StartHost]:
    """Starts host programs on `scripted_home`, and ends them."""
    programs: list[HostProgram] = []

    def start(script: Script | None) -> HostProgram:
        programs.append(HostProgram(scripted_home, script))
        return programs[-1]

    yield start
    for program in programs:
        program.end()


@pytest.fixture(scope="session")
def tallies(pytestconfig: pytest.Config) -> list[Tally]:
    """What the loops come to; shown at the end of the run."""
    return pytestconfig.stash.setdefault(TALLIES, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if tallies := config.stash.get(TALLIES, []):
        terminalreporter.section("killed and failed from outside")
        terminalreporter.write("\n".join(table(tallies)) + "\n")
