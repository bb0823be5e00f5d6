"""A home, files of rows, and the command line on them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from tests.fakes.command_line import CommandLine
from tests.fakes.hosting import Bench, OpenBench, give_base
from tests.fakes.scripted_engine import Script

WriteRows = Callable[[str], Path]


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[CommandLine]:
    """On a home whose head stands on a base."""
    command_line = CommandLine(tmp_path / "home")
    give_base(Home(command_line.home))
    yield command_line
    command_line.close()


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[CommandLine]:
    """On a home that was never used."""
    command_line = CommandLine(tmp_path / "bare")
    yield command_line
    command_line.close()


@pytest.fixture
def open_bench(cli: CommandLine) -> Iterator[OpenBench]:
    """Opens the host in this process, so that a test decides what it tells between two requests of a follower."""
    benches: list[Bench] = []

    def opened(script: Script) -> Bench:
        benches.append(Bench.open(Home(cli.home), script))
        return benches[-1]

    yield opened
    for bench in benches:
        bench.host.close()


@pytest.fixture
def rows(tmp_path: Path) -> WriteRows:
    """Writes a small good file of this name; its content is its name."""

    def write(name: str) -> Path:
        path = tmp_path / f"{name}.jsonl"
        path.write_text(f'{{"prompt": "Say {name}.", "completion": "{name}"}}\n' * 3, encoding="utf-8")
        return path

    return write
