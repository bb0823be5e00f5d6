"""Homes, and hosts that are programs of their own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from tests.drivers.host_program import HostProgram
from tests.fakes import lived_home
from tests.fakes.hosting import give_base
from tests.fakes.scripted_engine import Script

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
