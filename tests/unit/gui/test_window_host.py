"""The window as the host of its home: commands in other programs queue, train and are followed there."""

from collections.abc import Callable, Iterator

import pytest

from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.paths import Home
from gui.actions.catalogue import ActionId
from tests.fakes.command_line import CommandLine, Ended, Going
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]


@pytest.fixture
def cli(home: Home) -> Iterator[CommandLine]:
    """The command line on the home of the window."""
    command_line = CommandLine(home.root)
    yield command_line
    command_line.close()


def ended(me: User, going: Going) -> Ended:
    """What the command left, once the window has let it come to its end."""
    me.wait_for(lambda: going.process.poll() is not None)
    return going.end()


def test_a_file_that_a_command_queues_waits_in_the_window(
    user: SitDown, cli: CommandLine, write_file: WriteFile
) -> None:
    me = user()
    added = ended(me, cli.start("queue", "add", write_file("a.jsonl"), "--json"))
    assert (added.status, added.err) == (0, "")
    me.wait_for(lambda: me.names() == ["a.jsonl"])
    assert me.job("a.jsonl").state is JobState.QUEUED
    assert (me.state, me.program.facts.now.remote) == (HostState.IDLE, False)


def test_train_beside_a_window_follows_its_file_and_the_window_shows_it(
    user: SitDown, cli: CommandLine, write_file: WriteFile
) -> None:
    me = user(Script(steps=4))
    followed = ended(me, cli.start("train", write_file("a.jsonl"), "--json"))
    assert (followed.status, followed.err) == (0, "")
    assert [line["step"] for line in followed.events("metric")] == [1, 2, 3, 4]
    assert (followed.lines[-1]["event"], followed.lines[-1]["done"]) == ("finished", 1)
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.DONE)
    me.wait_for(lambda: me.plot().raw.steps == [1, 2, 3, 4])
    assert not me.program.facts.now.remote


def test_train_beside_a_window_that_was_stopped_follows_its_file_to_the_end(
    user: SitDown, cli: CommandLine, write_file: WriteFile
) -> None:
    me = user(Script(steps=6, wait_at=3))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.program.facts.now.status.step == 3)
    me.press(ActionId.STOP)
    me.wait_for_state(HostState.STOPPED)
    followed = ended(me, cli.start("train", write_file("b.jsonl"), "--json"))
    assert (followed.status, followed.lines[-1]["stopped"]) == (0, False)
    assert followed.lines[-1]["file"] == "b.jsonl"
    me.wait_for(lambda: {me.job(name).state for name in ("a.jsonl", "b.jsonl")} == {JobState.DONE})
