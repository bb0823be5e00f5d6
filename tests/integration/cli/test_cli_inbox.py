"""A daemon as a process of its own, steered by files alone: rows put into the inbox, signals touched from outside."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.command_line import CommandLine, Going
from tests.fakes.scripted_engine import Script

WriteRows = Callable[[str], Path]
SLOW = Script(steps=2000, seconds=0.02, save_every=1000)


@pytest.fixture
def daemon(cli: CommandLine) -> Going:
    """One that trains slowly and has its inbox."""
    going = cli.start("daemon", "--json", script=SLOW)
    cli.until_status("idle")
    return going


def drop(cli: CommandLine, rows: WriteRows, name: str, folder: str = "") -> Path:
    place = cli.home / "inbox" / folder / f"{name}.jsonl"
    place.parent.mkdir(parents=True, exist_ok=True)
    return rows(name).replace(place)


def test_an_idle_daemon_trains_what_comes_by_priority(cli: CommandLine, daemon: Going, rows: WriteRows) -> None:
    drop(cli, rows, "first")
    daemon.until("job", status="running", file="first.jsonl")
    drop(cli, rows, "second", "sub")
    drop(cli, rows, "urgent", "priority/today")
    daemon.until("job", status="queued", file="urgent.jsonl")
    jobs = {job["file"]: job["priority"] for job in cli("queue", "list", "--json").json}
    assert jobs["urgent.jsonl"] == "high"
    daemon.until_step(1)
    (cli.home / "control" / ".skip").touch()
    daemon.until("job", status="running", file="urgent.jsonl")
    (cli.home / "control" / ".stop").write_text("enough", encoding="utf-8")
    assert daemon.end().status == 0
    names = {path.relative_to(cli.home / "inbox").as_posix() for path in (cli.home / "inbox").rglob("*.jsonl")}
    assert names == {"taken/first.jsonl", "taken/sub/second.jsonl", "taken/priority/today/urgent.jsonl"}


def test_touching_pause_and_resume_from_outside(cli: CommandLine, daemon: Going, rows: WriteRows) -> None:
    drop(cli, rows, "long")
    daemon.until_step(2)
    (cli.home / "control" / ".pause").write_text("dinner\n", encoding="utf-8")
    step = daemon.until("checkpoint", reason="pause")["step"]
    status = cli.until_status("paused")
    assert (status["reason"], status["signals"], status["checkpoint_step"]) == ("dinner", [], step)
    (cli.home / "control" / ".resume").touch()
    assert daemon.until("metric")["step"] == step + 1
    assert cli("stop").status == 0
    history = {(entry["what"], entry["reason"]) for entry in cli("queue", "history", "--json").json}
    assert {("signal", ".pause: dinner"), ("signal", ".resume")} <= history


def test_a_pause_that_was_touched_before_the_start_does_not_hold_it_up(cli: CommandLine, rows: WriteRows) -> None:
    (cli.home / "control" / ".pause").touch()
    assert cli("train", rows("file"), script=Script(steps=2)).status == 0
    assert not (cli.home / "control" / ".pause").exists()


def test_train_trains_what_lies_in_the_inbox_and_tells_of_what_it_refused(cli: CommandLine, rows: WriteRows) -> None:
    drop(cli, rows, "good")
    (cli.home / "inbox" / "bad.jsonl").write_text("no rows\n", encoding="utf-8")
    ended = cli("train", "--json", script=Script(steps=2))
    assert ended.status == 0
    assert [(line["event"], line["done"]) for line in ended.lines[-1:]] == [("finished", 1)]
    [notice] = ended.events("notice")
    assert "no usable row" in notice["text"]
    assert "inbox/refused/bad.jsonl" in notice["hint"]
