"""A home with a training that was watched, and the server that answers for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from tests.fakes.api_client import Api
from tests.fakes.command_line import CommandLine
from tests.fakes.watched_home import NAME, give_runs


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """On a home where lesson.jsonl was watched at steps 0, 10 and 12, and next.jsonl waits."""
    folder = tmp_path_factory.mktemp("api")
    command_line = CommandLine(folder / "home")
    give_runs(command_line.home, NAME)
    waiting = folder / "next.jsonl"
    waiting.write_text('{"prompt": "Say it.", "completion": "it"}\n' * 3, encoding="utf-8")
    ended = command_line("queue", "add", waiting)
    assert ended.status == 0, ended.err
    yield command_line
    command_line.close()


@pytest.fixture(scope="module")
def api(cli: CommandLine) -> Api:
    return Api.start(cli)


@pytest.fixture(scope="module")
def run_folder(cli: CommandLine) -> Path:
    [folder] = Home(cli.home).evolution.iterdir()
    return folder
