"""Two homes at once: each has its own host, which trains its own files and knows nothing of the other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from tests.fakes.command_line import CommandLine
from tests.fakes.hosting import adapter_text, give_base
from tests.fakes.scripted_engine import Script, gate

WriteRows = Callable[[str], Path]
GATED = Script(steps=4, gate_at=2)


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[tuple[CommandLine, CommandLine]]:
    """Each on a home of its own, whose head stands on a base."""
    two = (CommandLine(tmp_path / "left"), CommandLine(tmp_path / "right"))
    for cli in two:
        give_base(Home(cli.home))
    yield two
    for cli in two:
        cli.close()


def test_two_daemons_train_at_once_each_its_own_file(homes: tuple[CommandLine, CommandLine], rows: WriteRows) -> None:
    names = ("left", "right")
    daemons = [cli.start("daemon", "--json", script=GATED) for cli in homes]
    for cli, name in zip(homes, names, strict=True):
        cli.until_status("idle")
        assert cli("queue", "add", rows(name)).status == 0
    for cli, daemon, name in zip(homes, daemons, names, strict=True):
        daemon.until_step(2)
        status = cli("status", "--json").json
        assert (status["status"], status["current_file"]) == ("training", f"{name}.jsonl")
    pids = {cli("status", "--json").json["pid"] for cli in homes}
    assert pids == {daemon.process.pid for daemon in daemons}
    gate(Home(homes[0].home)).touch()
    assert daemons[0].until("job", status="done")["file"] == "left.jsonl"
    assert homes[1]("status", "--json").json["step"] == 2
    assert homes[0]("stop").status == 0
    assert daemons[0].end().status == 0
    gate(Home(homes[1].home)).touch()
    assert daemons[1].until("job", status="done")["file"] == "right.jsonl"
    assert homes[1]("stop").status == 0
    assert daemons[1].end().status == 0
    for cli, name in zip(homes, names, strict=True):
        [job] = cli("queue", "list", "--json").json
        assert (job["file"], job["status"]) == (f"{name}.jsonl", "done")
        assert adapter_text(Home(cli.home)) == "1:4"
