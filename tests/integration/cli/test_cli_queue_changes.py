"""Moving, removing, restoring, trying again and editing from a terminal, and the trail that it leaves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.command_line import CommandLine
from tests.fakes.scripted_engine import Script

WriteRows = Callable[[str], Path]


@pytest.fixture
def four(cli: CommandLine, rows: WriteRows) -> CommandLine:
    """Jobs 1 to 4 wait."""
    added = cli("queue", "add", *(rows(name) for name in ("one", "two", "three", "four")), "--json")
    assert [job["ahead"] for job in added.json["queued"]] == [0, 1, 2, 3]
    return cli


def order(cli: CommandLine) -> list[int]:
    listed: list[dict[str, Any]] = cli("queue", "list", "--json").json
    assert [job["place"] for job in listed] == list(range(1, len(listed) + 1))
    return [job["id"] for job in listed]


def test_jobs_move_by_a_step_to_an_end_and_before_another(four: CommandLine) -> None:
    assert four("queue", "move", 3, 4, "top").status == 0
    assert order(four) == [3, 4, 1, 2]
    moved = four("queue", "move", 1, "down", "--json").json
    assert ([job["id"] for job in moved["jobs"]], moved["text"]) == ([1], "one.jsonl moved down.")
    assert order(four) == [3, 4, 2, 1]
    four("queue", "set-priority", 3, 2, "high")
    four("queue", "move", 1, "--before", 2)
    assert order(four) == [3, 1, 2, 4]


@pytest.mark.parametrize(
    "words",
    [("1", "sideways"), ("up",), ("x", "up"), ("1", "up", "--before", "2"), ("1", "--before", "77"), ("77", "up")],
)
def test_a_move_that_makes_no_sense_is_wrong_use(four: CommandLine, words: tuple[str, ...]) -> None:
    ended = four("queue", "move", *words, "--json")
    assert (ended.status, ended.json["error"] != "") == (2, True)
    assert order(four) == [1, 2, 3, 4]


def test_removed_jobs_are_restored_all_or_none(four: CommandLine) -> None:
    assert four("queue", "remove", 2, 3).out == "2 files are out of the queue.\n"
    assert four("queue", "remove", 1, 2).status == 2
    assert order(four) == [1, 4]
    assert four("queue", "restore", 3, 2, "--json").json["text"] == "2 files are back in the queue."
    assert order(four) == [1, 2, 3, 4]


def test_settings_of_a_waiting_job_are_changed_and_shown(four: CommandLine) -> None:
    assert four("queue", "set", 1, "job.learning-rate", "1e-4").status == 0
    wrong = four("queue", "set", 1, "epoch", 3, "--json")
    assert (wrong.status, "epochs" in wrong.json["hint"]) == (2, True)
    shown = four("queue", "show", 1, "--json").json
    assert (shown["settings"]["learning_rate"], shown["settings"]["epochs"]) == (1e-4, 1)
    assert shown["history"]["counts"] == {"queued": 1, "edited": 1}
    assert "learning_rate = 0.0001" in four("queue", "show", 1).out


def test_failed_file_is_tried_again_and_every_error_is_kept(cli: CommandLine, rows: WriteRows) -> None:
    nan = Script(steps=6, nan_at=4)
    assert cli("train", rows("one"), script=nan).status == 1
    assert cli("queue", "retry", 1).out == "one.jsonl is queued again.\n"
    assert cli("train", script=nan).status == 1
    shown = cli("queue", "show", 1, "--json").json
    assert (shown["status"], shown["attempts"], len(shown["history"]["errors"])) == ("failed", 2, 2)
    history = cli("queue", "history", 1, "--json").json
    assert [entry["what"] for entry in history if entry["what"] in ("queued", "failed", "retried")] == [
        "queued",
        "failed",
        "retried",
        "failed",
    ]
    assert all(entry["at"] for entry in history)
    assert cli("queue", "retry", 1, 2).status == 2
    assert len(cli("queue", "history", "--last", 3, "--json").json) == 3
    assert "is not a number" in cli("queue", "history").out


def test_a_home_without_jobs_has_an_empty_history(bare: CommandLine) -> None:
    assert bare("queue", "history", "--json").json == []
    assert bare("queue", "show", 1).status == 2
