"""Pause, resume, stop, skip and save from another process: each waits for the fact and says it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend.domain.entry import Entry
from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.protocol import host as p
from tests.fakes.command_line import CommandLine, Going
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script

WriteRows = Callable[[str], Path]
SLOW = Script(steps=2000, seconds=0.02, save_every=1000)
START = Callable[[], Going]


@pytest.fixture
def training(cli: CommandLine, rows: WriteRows) -> Going:
    """A host that trains long.jsonl and has done two steps."""
    going = cli.start("train", rows("long"), "--json", script=SLOW)
    going.until_step(2)
    return going


def test_pause_is_said_once_the_checkpoint_is_saved_and_resume_goes_on(cli: CommandLine, training: Going) -> None:
    paused = cli("pause", "--reason", "dinner", "--json").json
    assert (paused["status"], paused["file"], paused["reason"]) == ("paused", "long.jsonl", "dinner")
    status = cli("status", "--json").json
    assert (status["status"], status["reason"], status["checkpoint_step"]) == ("paused", "dinner", paused["step"])
    assert training.until("checkpoint", reason="pause")["step"] == paused["step"]
    assert cli("resume", "--json").json["status"] == "training"
    assert training.until("metric")["step"] == paused["step"] + 1
    assert cli("stop").status == 0


def test_pause_says_step_and_file_to_people(cli: CommandLine, training: Going) -> None:
    ended = cli("pause")
    assert ended.status == 0
    assert "Paused long.jsonl at step" in ended.out
    assert "checkpoint saved; memory freed in 2 min. `espalier resume` goes on." in ended.out
    assert cli("stop").out.startswith("Stopped long.jsonl at step")
    assert training.end().status == 0


def test_pause_says_that_the_memory_is_free_where_it_is_freed_at_once(cli: CommandLine, training: Going) -> None:
    cli("settings", "set", "engine.release_after_minutes", "0")
    assert "checkpoint saved; memory is free." in cli("pause").out
    assert cli("resume", "--json").json["status"] == "training"
    assert cli("stop").status == 0


@pytest.mark.parametrize("name", ["pause", "stop", "skip", "save", "resume"])
def test_the_reason_of_every_control_is_in_the_history(cli: CommandLine, training: Going, name: str) -> None:
    if name == "resume":
        cli("pause")
    assert cli(name, "--reason", "because of dinner").status == 0
    history = cli("queue", "history", "--json").json
    assert "because of dinner" in {entry["reason"] for entry in history}
    cli("stop")


def test_stop_ends_the_training_process_with_status_0_and_keeps_the_step(cli: CommandLine, training: Going) -> None:
    stopped = cli("stop", "--json").json
    ended = training.end()
    assert ended.status == 0
    assert ended.lines[-1]["stopped"]
    assert stopped["step"] == ended.lines[-1]["step"] >= 2
    [job] = cli("queue", "list", "--json").json
    assert (job["status"], job["steps_done"], job["steps_total"]) == ("queued", stopped["step"], 2000)


def test_skip_moves_the_file_to_the_low_level_and_the_next_one_trains(
    cli: CommandLine, training: Going, rows: WriteRows
) -> None:
    cli("queue", "add", rows("next"))
    skipped = cli("skip", "--json").json
    assert skipped["file"] == "long.jsonl"
    training.until("job", status="running", file="next.jsonl")
    jobs = {job["file"]: job for job in cli("queue", "list", "--json").json}
    assert (jobs["long.jsonl"]["status"], jobs["long.jsonl"]["priority"]) == ("skipped", "low")
    assert jobs["long.jsonl"]["steps_done"] == skipped["step"]
    assert cli("stop").status == 0


def test_save_leaves_a_checkpoint_and_training_goes_on(cli: CommandLine, training: Going) -> None:
    saved = cli("save", "--json").json
    assert training.until("checkpoint", reason="save")["step"] == saved["step"]
    assert training.until("metric")["step"] > saved["step"]
    assert cli("status", "--json").json["status"] == "training"
    assert cli("stop").status == 0


def test_a_wait_that_is_too_short_is_explained_and_the_wish_stands(cli: CommandLine, rows: WriteRows) -> None:
    slow_save = Script(steps=2000, seconds=0.02, save_every=1000, save_seconds=3.0)
    training = cli.start("train", rows("long"), "--json", script=slow_save)
    training.until_step(1)
    ended = cli("pause", "--wait", "0.5")
    assert ended.status == 1
    assert "not paused yet" in ended.err
    assert "stands" in ended.err
    cli.until_status("paused")
    assert cli("stop").status == 0


def in_the_midst_of_a_stop(open_bench: OpenBench) -> Bench:
    """As long as its host only serves and hears no engine."""
    bench = open_bench(SLOW)
    bench.queue("long")
    bench.do(p.StartTraining())
    bench.until_step(1)
    bench.do(p.StopTraining())
    return bench


def test_a_pause_that_comes_after_a_stop_is_refused_at_once(cli: CommandLine, open_bench: OpenBench) -> None:
    bench = in_the_midst_of_a_stop(open_bench)
    late = cli.start("pause", "--json", "--wait", 30)
    while late.process.poll() is None:
        bench.host.wait(0.05)
        bench.host.serve()
    ended = late.end()
    assert (ended.status, ended.json["error"]) == (1, "It is being stopped already.")
    assert ended.json["hint"]
    bench.until_state(HostState.STOPPED)


def test_a_skip_that_comes_after_a_stop_is_done_with_it(cli: CommandLine, open_bench: OpenBench) -> None:
    bench = in_the_midst_of_a_stop(open_bench)
    late = cli.start("skip", "--json", "--reason", "too long")
    while not any(entry.what == "skip" for entry in history(bench)):
        bench.host.wait(0.05)
        bench.host.serve()
    bench.until(lambda: late.process.poll() is not None)
    ended = late.end()
    assert (ended.status, ended.json["action"], ended.json["file"]) == (0, "skip", "long")
    assert bench.states() == {"long": JobState.SKIPPED}
    bench.until_state(HostState.STOPPED)


def history(bench: Bench) -> tuple[Entry, ...]:
    reply = bench.ask(p.GetHistory(job=1))
    assert isinstance(reply, p.HistoryReply)
    return reply.entries


def test_pause_without_a_host_holds_until_train(cli: CommandLine, rows: WriteRows) -> None:
    cli("queue", "add", rows("one"))
    assert "held" in cli("pause", "--reason", "holiday").out
    assert cli("status", "--json").json["status"] == "paused"
    assert cli("train", script=Script(steps=2)).status == 0
    assert cli("status", "--json").json["status"] == "idle"


def test_resume_without_a_host_ends_the_pause_and_says_what_trains(cli: CommandLine) -> None:
    cli("pause")
    ended = cli("resume")
    assert ended.status == 0
    assert "`espalier train`" in ended.out
    assert cli("status", "--json").json["status"] == "idle"


@pytest.mark.parametrize("name", ["stop", "save"])
def test_control_with_nothing_to_control_says_so(cli: CommandLine, name: str) -> None:
    ended = cli(name)
    assert ended.status == 0
    assert "Nothing" in ended.out


def test_skip_with_nothing_to_skip_is_wrong_use(cli: CommandLine) -> None:
    ended = cli("skip", "--json")
    assert ended.status == 2
    assert ended.json.keys() == {"error", "hint"}
