"""`train` and `daemon` as processes: what they print, how they end, and that signals lose nothing."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.command_line import CommandLine
from tests.fakes.scripted_engine import Script

WriteRows = Callable[[str], Path]
SLOW = Script(steps=1000, seconds=0.02, save_every=500)
SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"]


def test_files_train_one_after_the_other_with_one_json_object_a_line(cli: CommandLine, rows: WriteRows) -> None:
    ended = cli("train", rows("first"), rows("second"), "--json", script=Script(steps=4))
    assert (ended.status, ended.err) == (0, "")
    metrics = [line for line in ended.lines if line["event"] == "metric"]
    assert [line["step"] for line in metrics] == [1, 2, 3, 4, 1, 2, 3, 4]
    assert {"step", "loss", "learning_rate", "tokens_per_second"} <= metrics[0].keys()
    done = [line["file"] for line in ended.lines if line["event"] == "job" and line["status"] == "done"]
    assert done == ["first.jsonl", "second.jsonl"]
    last = ended.lines[-1]
    assert (last["event"], last["done"], last["failed"], last["stopped"]) == ("finished", 2, 0, False)


def test_people_see_steps_loss_and_where_the_result_lies(cli: CommandLine, rows: WriteRows) -> None:
    ended = cli("train", rows("lesson"), script=Script(steps=4))
    assert ended.status == 0
    assert "step 4/4" in ended.out
    assert "lesson.jsonl: done, 4/4 steps" in ended.out
    assert "held-out loss 3.000 → 1.000" in ended.out
    assert str(cli.home / "current_model") in ended.out


def test_the_order_follows_the_levels(cli: CommandLine, rows: WriteRows) -> None:
    cli("queue", "add", rows("later"), "--priority", "low")
    ended = cli("train", rows("now"), "--priority", "high", "--json", script=Script(steps=2))
    done = [line["file"] for line in ended.lines if line["event"] == "job" and line["status"] == "done"]
    assert done == ["now.jsonl", "later.jsonl"]


def test_with_nothing_to_train_it_says_so_and_succeeds(cli: CommandLine) -> None:
    ended = cli("train")
    assert (ended.status, ended.out.strip()) == (0, "Nothing waits to be trained.")
    assert cli("train", "--json").lines[-1] == {
        "event": "finished",
        "done": 0,
        "failed": 0,
        "refused": 0,
        "stopped": False,
        "file": None,
        "step": None,
        "total_steps": None,
    }


def test_without_a_chosen_model_the_starter_is_added_and_said(bare: CommandLine, rows: WriteRows) -> None:
    ended = bare("train", rows("lesson"), script=Script(steps=2))
    assert ended.status == 0
    assert "starter" in ended.err
    assert [model["slug"] for model in bare("model", "list", "--json").json] == ["starter"]


def test_a_bad_file_is_named_and_the_others_train(cli: CommandLine, rows: WriteRows, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"")
    ended = cli("train", empty, tmp_path / "missing.jsonl", rows("good"), "--json", script=Script(steps=2))
    assert ended.status == 1
    refused = {Path(line["file"]).name: line["error"] for line in ended.lines if line["event"] == "refused"}
    assert refused.keys() == {"empty.jsonl", "missing.jsonl"}
    assert all(refused.values())
    assert (ended.lines[-1]["done"], ended.lines[-1]["refused"]) == (1, 2)


def test_bad_lines_are_told_with_number_and_remedy(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "half.jsonl"
    file.write_text('{"prompt": "a", "completion": "b"}\n{"prompt": "a", "compl', encoding="utf-8")
    ended = cli("train", file, script=Script(steps=2))
    assert ended.status == 0
    assert "half.jsonl: 1 rows taken, 1 lines refused" in ended.err
    assert "line 2:" in ended.err


def test_a_failed_job_ends_in_status_1_and_the_queue_goes_on(cli: CommandLine, rows: WriteRows) -> None:
    script = Script(steps=2, refuse="bad.jsonl")
    ended = cli("train", rows("bad"), rows("good"), "--json", script=script)
    assert ended.status == 1
    assert (ended.lines[-1]["done"], ended.lines[-1]["failed"]) == (1, 1)
    [failed] = [line for line in ended.lines if line["event"] == "job" and line["status"] == "failed"]
    assert "nothing to learn" in failed["reason"]


def test_a_file_that_is_refused_for_safety_ends_in_status_3_as_queue_add_does(
    cli: CommandLine, rows: WriteRows
) -> None:
    assert cli("queue", "add", rows("lesson"), "--priority", "low").status == 0
    assert cli("queue", "add", rows("lesson")).status == 3
    ended = cli("train", rows("lesson"), "--json", script=Script(steps=2))
    assert ended.status == 3
    assert (ended.lines[-1]["done"], ended.lines[-1]["refused"]) == (1, 1)


def test_a_full_disk_ends_in_status_3_and_the_next_train_goes_on(cli: CommandLine, rows: WriteRows) -> None:
    script = Script(steps=8, full_at=6)
    ended = cli("train", rows("big"), "--json", script=script)
    assert ended.status == 3
    last = ended.lines[-1]
    assert (last["event"], last["error"], last["file"]) == ("finished", "The disk is full.", "big.jsonl")
    again = cli("train", "--json", script=script)
    assert (again.status, again.lines[-1]["done"], again.lines[-1]["step"]) == (0, 1, 8)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals between processes")
@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_saves_and_the_next_train_goes_on_from_that_step(cli: CommandLine, rows: WriteRows, name: str) -> None:
    going = cli.start("train", rows("long"), "--json", script=SLOW)
    going.until_step(3)
    going.process.send_signal(signal.Signals[name])
    ended = going.end()
    assert (ended.status, ended.err) == (0, "")
    last = ended.lines[-1]
    assert (last["event"], last["stopped"], last["file"]) == ("finished", True, "long.jsonl")
    assert last["step"] >= 3
    ended = cli("train", "--json", script=Script(steps=last["step"] + 2))
    steps = [line["step"] for line in ended.lines if line["event"] == "metric"]
    assert steps == [last["step"] + 1, last["step"] + 2]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals between processes")
def test_an_impatient_user_loses_nothing(cli: CommandLine, rows: WriteRows) -> None:
    going = cli.start("train", rows("long"), "--json", script=Script(steps=1000, seconds=0.02, save_seconds=0.5))
    going.until_step(2)
    for _ in range(3):
        going.process.send_signal(signal.SIGINT)
    ended = going.end()
    assert ended.status == 0
    saved = [line["step"] for line in ended.lines if line["event"] == "checkpoint"]
    assert saved[-1] == ended.lines[-1]["step"]
    assert cli("doctor", "--json").json["ok"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals between processes")
def test_people_are_told_where_it_stopped_and_how_to_go_on(cli: CommandLine, rows: WriteRows) -> None:
    going = cli.start("train", rows("long"), script=SLOW)
    cli.until_status("training")
    while not cli("status", "--json").json["step"]:
        pass
    going.process.send_signal(signal.SIGTERM)
    ended = going.end()
    assert ended.status == 0
    assert "Stopping" in ended.err
    assert "steps are done and saved" in ended.out
    assert "`espalier train` goes on" in ended.out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals between processes")
def test_a_daemon_trains_what_comes_later_and_ends_on_sigterm(cli: CommandLine, rows: WriteRows) -> None:
    going = cli.start("daemon", "--json", script=Script(steps=3))
    cli.until_status("idle")
    assert cli("queue", "add", rows("first")).status == 0
    assert going.until("job", status="done")["file"] == "first.jsonl"
    assert cli("queue", "add", rows("second")).status == 0
    assert going.until("job", status="done")["file"] == "second.jsonl"
    going.process.send_signal(signal.SIGTERM)
    ended = going.end()
    assert (ended.status, ended.err) == (0, "")
    assert ended.lines[-1]["event"] == "finished"


@pytest.mark.parametrize("was_skipped", [True, False])
def test_an_idle_daemon_trains_a_begun_file_that_comes_back(
    cli: CommandLine, rows: WriteRows, was_skipped: bool
) -> None:
    begun = cli.start("train", rows("long"), "--json", script=SLOW)
    begun.until_step(2)
    assert cli("stop").status == 0
    assert begun.end().status == 0
    if was_skipped:
        assert cli("skip").status == 0
    assert cli("queue", "remove", 1).status == 0
    daemon = cli.start("daemon", "--json", script=SLOW)
    cli.until_status("idle")
    assert cli("queue", "restore", 1).status == 0
    assert daemon.until("started")["step"] >= 2
    assert cli("stop").status == 0


def test_there_is_one_host_a_home(cli: CommandLine) -> None:
    cli.start("daemon", "--json")
    cli.until_status("idle")
    second = cli("daemon", "--json")
    assert second.status == 1
    assert "host" in second.json["error"]
    assert cli("stop").status == 0


def test_train_beside_another_host_queues_and_follows_its_files(cli: CommandLine, rows: WriteRows) -> None:
    daemon = cli.start("daemon", "--json", script=Script(steps=4))
    cli.until_status("idle")
    ended = cli("train", rows("followed"), "--json")
    assert (ended.status, ended.err) == (0, "")
    assert [line["step"] for line in ended.lines if line["event"] == "metric"] == [1, 2, 3, 4]
    assert (ended.lines[-1]["event"], ended.lines[-1]["done"]) == ("finished", 1)
    assert daemon.process.poll() is None
    assert cli("stop").status == 0
    assert daemon.end().status == 0


def test_a_follower_ends_when_the_host_is_told_to_stop_and_its_file_waits(cli: CommandLine, rows: WriteRows) -> None:
    host = cli.start("daemon", "--json", script=SLOW)
    cli.until_status("idle")
    follower = cli.start("train", rows("long"), "--json")
    follower.until_step(2)
    assert cli("stop").status == 0
    ended = follower.end()
    assert ended.status == 0
    assert host.end().status == 0
    [job] = cli("queue", "list", "--json").json
    assert (job["status"], job["steps_done"] >= 2) == ("queued", True)


def test_a_follower_ends_with_a_clear_message_when_the_host_is_killed(cli: CommandLine, rows: WriteRows) -> None:
    host = cli.start("train", rows("long"), "--json", script=SLOW)
    host.until_step(1)
    follower = cli.start("train", "--json")
    follower.until_step(2)
    host.process.kill()
    ended = follower.end()
    assert ended.status == 1
    assert ended.lines[-1].keys() == {"error", "hint"}
