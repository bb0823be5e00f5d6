"""`snapshot` beside a training: taken now, waited for, told; and what `train` tells of snapshots on the way."""

from collections.abc import Callable
from pathlib import Path

from backend.paths import Home
from tests.fakes.command_line import CommandLine
from tests.fakes.scripted_engine import Script, gate

WriteRows = Callable[[str], Path]


def test_a_snapshot_is_taken_in_the_midst_of_training(cli: CommandLine, rows: WriteRows) -> None:
    training = cli.start("train", rows("lesson"), "--json", script=Script(steps=12, gate_at=3))
    training.until_step(3)
    told = cli("snapshot", "--reason", "curious", "--json")
    assert (told.status, told.json["step"], told.json["total_examples"]) == (0, 3, 4)
    assert cli("evolution", "show", "lesson", "--step", 3, "--json").json["reason"] == "request"
    gate(Home(cli.home)).touch()
    ended = training.end()
    assert ended.status == 0
    assert [line["step"] for line in ended.events("snapshot")] == [3, 10, 12]


def test_train_tells_people_of_each_snapshot(cli: CommandLine, rows: WriteRows) -> None:
    ended = cli("train", rows("lesson"), script=Script(steps=12))
    assert ended.status == 0
    told = [line.strip() for line in ended.out.splitlines() if "snapshot at step" in line]
    assert [line.partition(":")[0] for line in told] == [f"snapshot at step {step}" for step in (0, 10, 12)]
    assert told[-1].endswith(" of 4 answers right")


def test_a_budget_of_nothing_takes_none_by_itself(cli: CommandLine, rows: WriteRows) -> None:
    ended = cli("train", rows("lesson"), "--evolution-budget", "0", "--json", script=Script(steps=12))
    assert (ended.status, ended.events("snapshot")) == (0, [])
