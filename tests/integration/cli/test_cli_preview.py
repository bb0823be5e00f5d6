"""`queue preview` as users call it: before and after queueing, with and without a model, with a real tokenizer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend.domain.head import Base, Head
from backend.domain.move import MoveKind
from backend.paths import Home
from backend.store.store import Store
from tests.fakes.command_line import CommandLine
from tests.fakes.scripted_engine import Script

WriteRows = Callable[[str], Path]


@pytest.fixture
def real(bare: CommandLine, tiny_base: Base) -> CommandLine:
    """On a home whose head stands on the real tiny model."""
    home = Home(bare.home)
    home.create()
    store = Store.open(home)
    with store.atomic():
        store.bases.put(tiny_base)
        store.head.move(Head(base=tiny_base.slug), MoveKind.USE)
    store.close()
    return bare


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Two good rows, one of them twice, and two that are refused."""
    path = tmp_path / "mixed.jsonl"
    good = '{"prompt": "Who are you?", "completion": "I am \\u202eEspalier."}\n'
    path.write_text(good * 2 + "broken\n" + '{"prompt": "x", "completion": "<|im_end|>"}\n', encoding="utf-8")
    return path


def test_a_file_is_shown_before_it_is_queued_and_nothing_is_changed(real: CommandLine, mixed: Path) -> None:
    ended = real("queue", "preview", mixed, "--rows", 1)
    assert ended.status == 0, ended.err
    assert "[[I am ⟨U+202E⟩Espalier.<|im_end|>]]" in ended.out
    assert "1 row repeating an earlier one" in ended.out
    assert "invalid character" in ended.out
    assert "<|im_end|>" in ended.out
    assert "tiny" in ended.out
    assert "\u202e" not in ended.out
    assert real("queue", "list", "--json").json == []
    assert list((real.home / "datasets").iterdir()) == []


def test_programs_get_one_object_with_everything(real: CommandLine, mixed: Path) -> None:
    found = real("queue", "preview", mixed, "--json").json
    assert (found["rows"], found["refused"], found["duplicates"], found["job"]) == (2, 2, 1, None)
    assert found["faults"] == {"form": 1, "special-token": 1}
    assert [line["line"] for line in found["bad"]] == [3, 4]
    assert found["tokens"]["lengths"]["p50"] == found["tokens"]["lengths"]["longest"] > 0
    assert found["tokens"]["steps"] == 1
    learned = [span["text"] for span in found["first"][0]["sequences"][0] if span.get("learned")]
    assert learned == ["I am \u202eEspalier.", "<|im_end|>"]


def test_a_job_is_shown_with_what_it_froze_while_another_program_hosts(real: CommandLine, mixed: Path) -> None:
    assert real("queue", "add", mixed, "--max-length", 16).status == 0
    real("settings", "set", "job.max_length", "400")
    mixed.unlink()
    daemon = real.start("daemon", "--json", script=Script(steps=3, wait_at=1))
    daemon.until_step(1)
    found = real("queue", "preview", 1, "--json")
    assert found.status == 1
    assert (found.json["job"], found.json["name"], found.json["tokens"]["limit"]) == (1, "mixed.jsonl", 16)
    assert found.json["faults"]["too-long"] == 2
    longer = real("queue", "preview", 1, "--max-length", 64, "--json").json
    assert (longer["rows"], longer["tokens"]["limit"]) == (2, 64)
    assert real("queue", "preview", 77).status == 2


def test_without_a_model_it_counts_and_says_so(bare: CommandLine, mixed: Path) -> None:
    ended = bare("queue", "preview", mixed)
    assert ended.status == 0
    assert "No model is chosen yet" in ended.out
    assert not bare.home.exists()
    assert bare("queue", "preview", mixed, "--json").json["tokens"] is None


def test_a_file_of_which_nothing_can_be_trained_ends_with_status_1_and_the_reason(
    real: CommandLine, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"neither": 1}\n', encoding="utf-8")
    ended = real("queue", "preview", bad)
    assert ended.status == 1
    message, hint = ended.err.strip().splitlines()
    assert "(line 1)" in message
    assert hint
    missing = real("queue", "preview", tmp_path / "missing.jsonl")
    assert (missing.status, missing.out) == (1, "")
    assert "missing.jsonl" in missing.err


def test_a_file_whose_name_is_a_number_is_meant_by_its_path(real: CommandLine, rows: WriteRows) -> None:
    seven = rows("seven").rename(rows("seven").parent / "7")
    assert real("queue", "preview", 7).status == 2
    assert real("queue", "preview", seven).status == 0
