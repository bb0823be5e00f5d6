"""The queue, models, head and doctor of one home, asked one process after another."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.paths import Home
from tests.fakes.command_line import CommandLine
from tests.fakes.scripted_engine import Script

WriteRows = Callable[[str], Path]


def test_a_job_is_listed_with_all_that_programs_need(cli: CommandLine, rows: WriteRows) -> None:
    added = cli("queue", "add", rows("one"), rows("two"), "--priority", "high", "--json")
    assert added.status == 0
    assert [(job["file"], job["ahead"]) for job in added.json["queued"]] == [("one.jsonl", 0), ("two.jsonl", 1)]
    jobs = cli("queue", "list", "--json").json
    wanted = {"id", "file", "priority", "status", "position", "rows", "steps_done", "steps_total"}
    assert wanted <= jobs[0].keys()
    assert [(job["file"], job["priority"], job["status"], job["rows"]) for job in jobs] == [
        ("one.jsonl", "high", "queued", 3),
        ("two.jsonl", "high", "queued", 3),
    ]
    assert "one.jsonl" in cli("queue", "list").out
    assert cli("queue", "status", "--json").json["queued"] == 2


def test_priority_and_removal_change_the_queue(cli: CommandLine, rows: WriteRows) -> None:
    cli("queue", "add", rows("one"), rows("two"))
    assert [job["priority"] for job in cli("queue", "set-priority", 2, "high", "--json").json["jobs"]] == ["high"]
    assert [job["id"] for job in cli("queue", "list", "--json").json] == [2, 1]
    assert [job["status"] for job in cli("queue", "remove", 1, "--json").json["jobs"]] == ["removed"]
    assert [job["id"] for job in cli("queue", "list", "--json").json] == [2]
    assert cli("queue", "remove", 77).status == 2
    assert cli("queue", "set-priority", 2, "urgent").status == 2


def test_the_same_content_twice_is_refused_unless_asked_for(cli: CommandLine, rows: WriteRows) -> None:
    assert cli("queue", "add", rows("one")).status == 0
    twice = cli("queue", "add", rows("one"), "--json")
    assert twice.status == 3
    assert "--again" in twice.json["hint"]
    assert cli("queue", "add", rows("one"), "--again").status == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only there a file's name may be no text")
def test_a_name_that_is_no_text_is_queued_refused_and_previewed_like_any_other(
    cli: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / os.fsdecode(b"bad\xff.jsonl")
    file.write_text('{"text": "a row"}\n', encoding="utf-8")
    other = tmp_path / "other.jsonl"
    other.write_text('{"text": "another row"}\n', encoding="utf-8")
    assert cli("queue", "preview", os.fsencode(file), "--json").json["rows"] == 1
    added = cli("queue", "add", os.fsencode(file), other, "--json").json["queued"]
    assert [job["file"] for job in added] == ["bad?.jsonl", "other.jsonl"]
    twice = cli("queue", "add", os.fsencode(file), other, "--json")
    assert twice.status == 3
    names = [Path(refusal["file"]).name for refusal in twice.json["refused"]]
    assert names == ["bad?.jsonl", "other.jsonl"]


def test_content_that_was_trained_before_is_queued_and_said(cli: CommandLine, rows: WriteRows) -> None:
    assert cli("train", rows("one"), script=Script(steps=2)).status == 0
    added = cli("queue", "add", rows("one"), rows("two"))
    assert added.status == 0
    assert "one.jsonl: the same content was trained before, as job 1." in added.err
    assert "two.jsonl" not in added.err
    again = cli("queue", "add", rows("one"), "--again", "--json").json
    assert [job["trained_as"] for job in again["queued"]] == [1]


def test_a_file_without_a_usable_row_is_refused_with_reason_and_remedy(cli: CommandLine, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"neither": 1}\n', encoding="utf-8")
    ended = cli("queue", "add", bad)
    assert ended.status == 1
    assert ended.out == ""
    message, hint = ended.err.strip().splitlines()
    assert "bad.jsonl" in message
    assert hint


def test_options_freeze_in_the_job_and_others_come_from_the_settings(cli: CommandLine, rows: WriteRows) -> None:
    cli("settings", "set", "job.rows_per_step", "3")
    cli("queue", "add", rows("one"), "--epochs", "2", "--schedule", "cosine", "--cut-long-rows")
    from backend.reading import read_jobs

    [job] = read_jobs(Home(cli.home))
    frozen = job.settings
    assert (frozen.epochs, frozen.schedule, frozen.cut_long_rows, frozen.rows_per_step) == (2, "cosine", True, 3)


def test_a_model_is_added_listed_and_used(cli: CommandLine, tmp_path: Path) -> None:
    model = tmp_path / "my-model.gguf"
    model.write_bytes(b"GGUF")
    added = cli("model", "add", model, "--json")
    assert (added.status, len(added.lines)) == (0, 1)
    slug = added.json["slug"]
    listed = {base["slug"]: base["used"] for base in cli("model", "list", "--json").json}
    assert listed == {"tiny": True, slug: False}
    assert cli("model", "use", slug).status == 0
    head = cli("head", "show", "--json").json
    assert (head["base"], head["checkpoint"], head["adapter"]["r"]) == (slug, None, 16)
    assert cli("model", "use", "nothing").status == 2


def test_a_model_that_is_none_is_one_clear_message(cli: CommandLine, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"no model")
    ended = cli("model", "add", bad)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.strip().splitlines()[-2:] == ["This is no model.", "Choose another."]
    assert cli("model", "add", tmp_path / "missing").status == 2


def test_the_head_shows_where_the_trained_adapter_lies(cli: CommandLine, rows: WriteRows) -> None:
    cli("train", rows("one"), script=Script(steps=3))
    head = cli("head", "show", "--json").json
    assert (head["total_steps"], head["checkpoint"]["step"]) == (3, 3)
    assert Path(head["current_model"]).exists()
    assert "job 1, step 3" in cli("head", "show").out


def test_doctor_finds_an_altered_checkpoint_and_names_it(cli: CommandLine, rows: WriteRows) -> None:
    cli("train", rows("one"), script=Script(steps=3))
    assert cli("doctor", "--json").json["ok"]
    [adapter] = (cli.home / "runs" / "000001" / "checkpoints").glob("*/adapter_model.safetensors")
    adapter.write_text("1:4", encoding="utf-8")
    ended = cli("doctor", "--json")
    assert (ended.status, ended.json["ok"]) == (1, False)
    [wrong] = [check for check in ended.json["checks"] if not check["ok"]]
    assert str(adapter) in wrong["text"]


def test_doctor_makes_the_index_of_evolution_again_from_its_files(cli: CommandLine, rows: WriteRows) -> None:
    cli("train", rows("one"), script=Script(steps=3))
    [snapshot, _] = sorted((cli.home / "data" / "evolution_snapshots").glob("*/step_*.json"))
    snapshot.unlink()
    assert cli("doctor", "--json").status == 1
    ended = cli("doctor", "--rebuild", "--json")
    assert (ended.status, ended.json["ok"]) == (0, True)
    [made] = [check for check in ended.json["checks"] if check["name"] == "evolution index"]
    assert "1 run, 1 snapshot" in made["text"]


def test_everything_can_be_asked_of_a_home_that_was_never_used(bare: CommandLine) -> None:
    assert bare("status", "--json").json["status"] == "idle"
    assert bare("queue", "list", "--json").json == []
    assert bare("model", "list", "--json").json == []
    assert bare("head", "show", "--json").json["base"] is None
    assert bare("doctor").status == 0
    assert not bare.home.exists()
