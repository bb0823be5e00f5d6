"""`serve` as a command: beside a host, in an empty home, on a port that is taken, and its end."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from tests.fakes.api_client import TOKEN, Api
from tests.fakes.called_here import CalledHere
from tests.fakes.command_line import CommandLine
from tests.fakes.scripted_engine import Script, gate
from tests.fakes.watched_home import NAME, give_runs


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[CommandLine]:
    """On a home that was never used."""
    command_line = CommandLine(tmp_path / "bare")
    yield command_line
    command_line.close()


def test_an_empty_home_is_answered_for_and_stays_as_it_is(bare: CommandLine) -> None:
    api = Api.start(bare)
    assert api.ask("/api/evolution/datasets").json["datasets"] == []
    assert api.ask("/api/queue").json["jobs"] == []
    assert api.ask("/api/status").json["status"] == "idle"
    assert api.ask("/api/evolution/snapshots/lesson").status == 404
    assert not bare.home.exists()


def test_beside_a_host_it_says_what_the_host_does(bare: CommandLine, tmp_path: Path) -> None:
    give_runs(bare.home, NAME)
    fresh = tmp_path / "fresh.jsonl"
    fresh.write_text('{"prompt": "Say it.", "completion": "it"}\n' * 3, encoding="utf-8")
    api = Api.start(bare)
    training = bare.start("train", fresh, "--json", script=Script(steps=12, gate_at=11))
    training.until_step(10)
    assert api.ask("/api/status").json["status"] == "training"
    assert api.ask("/api/queue").json["jobs"][0]["file"] == "fresh.jsonl"
    assert api.ask("/api/evolution/snapshot/lesson/step_0010").status == 200
    gate(Home(bare.home)).touch()
    assert training.end().status == 0
    assert api.ask("/api/status").json["status"] != "training"


def test_a_port_that_is_taken_is_said(bare: CommandLine) -> None:
    api = Api.start(bare)
    ended = CalledHere(bare.home)("serve", "--port", api.port)
    assert ended.status == 1
    assert ended.err.splitlines() == [
        f"Another program listens at 127.0.0.1:{api.port}.",
        "Choose another port with --port, or 0 for any.",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--token", "short"), "at least 16 characters"),
        (("--token", "a token with spaces in it"), "letters, digits"),
        (("--host", "0.0.0.0"), "every address"),
    ],
)
def test_what_would_not_be_safe_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    ended = CalledHere(tmp_path)("serve", "--port", 0, *words)
    assert ended.status == 2
    assert said in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="there a console alone sends Ctrl-C")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(bare: CommandLine, number: signal.Signals) -> None:
    api = Api.start(bare)
    assert api.ask("/api/status").status == 200
    api.going.process.send_signal(number)
    ended = api.going.end()
    assert (ended.status, ended.err) == (0, "")


def test_every_start_has_a_token_of_its_own(bare: CommandLine) -> None:
    apis = [Api(bare.start("serve", "--port", 0, "--json")) for _ in range(2)]
    assert len({api.token for api in apis} - {TOKEN}) == 2
    assert apis[0].ask("/api/status", token=apis[0].token).status == 200
    assert apis[0].ask("/api/status", token=apis[1].token).status == 401


def test_people_are_told_the_address_and_the_token_once(bare: CommandLine) -> None:
    going = bare.start("serve", "--port", 0, "--token", TOKEN)
    assert going.process.stdout is not None
    lines = [going.process.stdout.readline() for _ in range(3)]
    assert lines[0].startswith("The API answers at http://127.0.0.1:")
    assert lines[1] == f"Token: {TOKEN}\n"
    assert lines[2].endswith(f"/evolution_viewer.html#token={TOKEN}\n")
