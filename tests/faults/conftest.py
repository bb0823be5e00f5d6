"""Homes, hosts that are programs of their own, and the table of what was killed where."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from backend.paths import Home
from tests.drivers.host_program import HostProgram
from tests.fakes import lived_home
from tests.fakes.hosting import give_base
from tests.fakes.scripted_engine import Script
from tests.faults.tally import Tally, table

PROPERTY = "tally"
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


@pytest.fixture
def tally_of(request: pytest.FixtureRequest) -> Iterator[list[Tally]]:
    """Takes what a loop comes to; shown at the end of the run, from whichever process it comes."""
    tallies: list[Tally] = []
    yield tallies
    for tally in tallies:
        request.node.user_properties.append((PROPERTY, msgspec.json.encode(tally).decode()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = (report for kind in terminalreporter.stats.values() for report in kind)
    told = [text for report in reports for name, text in getattr(report, "user_properties", ()) if name == PROPERTY]
    if told:
        terminalreporter.section("killed and failed from outside")
        tallies = [msgspec.json.decode(text, type=Tally) for text in dict.fromkeys(told)]
        terminalreporter.write("\n".join(table(tallies)) + "\n")


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a home with a past, made once; `lived_home.live` says what is in it."""
    root = tmp_path_factory.mktemp("lived") / "root"
    root.mkdir()
    lived_home.live(root)
    shutil.copytree(root, root.with_name("kept"), symlinks=True)
    return root


@pytest.fixture
def past_home(lived: Path) -> Iterator[Home]:
    """The home with a past, to be damaged; as it was before for the next test."""
    yield Home(lived / "home")
    lived_home.put_back(lived, lived.with_name("kept"))
