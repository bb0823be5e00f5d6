"""What names in the inbox mean."""

import os
from pathlib import Path

import pytest

from backend.domain.job import Priority
from backend.inbox.names import is_passed_over, level_of, one_line, shown, spelled, unspelled


@pytest.mark.parametrize(
    "name",
    [
        "README.txt",
        "taken",
        "Taken",
        "refused",
        ".hidden",
        ".git",
        "~$open.jsonl",
        "a.jsonl.part",
        "a.jsonl.crdownload",
        "a.TMP",
        "a.jsonl~",
        "Thumbs.db",
        "sub/.rows.jsonl.Xk3d",
        "line\nbreak.part",
    ],
)
def test_what_is_ours_hidden_or_still_written_is_passed_over(name: str) -> None:
    assert is_passed_over(Path(name))


@pytest.mark.parametrize(
    "name", ["a.jsonl", "priority", "sub/taken", "sub/README.txt", "part", "a.part.jsonl", "partial.json", "tmp"]
)
def test_everything_else_is_read(name: str) -> None:
    assert not is_passed_over(Path(name))


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("a.jsonl", Priority.NORMAL),
        ("priority", Priority.NORMAL),
        ("sub/priority/a.jsonl", Priority.NORMAL),
        ("priority/a.jsonl", Priority.HIGH),
        ("priority/sub/deep/a.jsonl", Priority.HIGH),
    ],
)
def test_the_level_is_that_of_the_top_folder(name: str, level: Priority) -> None:
    assert level_of(Path(name)) is level


@pytest.mark.parametrize("name", [b"a b.jsonl", b"sub/\xff\xfe.jsonl", b"new\nline", b"100%25", "ä".encode()])
def test_any_name_can_be_stored_and_found_again(name: bytes) -> None:
    path = Path(os.fsdecode(name))
    assert unspelled(spelled(path)) == path
    assert spelled(path).isascii()


def test_what_is_shown_is_one_line_that_can_be_stored() -> None:
    bad = os.fsdecode(b"sub/new\n\xffline.jsonl")
    assert shown(Path(bad)).startswith("inbox/sub/new ")
    for text in (shown(Path(bad)), one_line(f"{bad} is empty.")):
        assert "\n" not in text
        text.encode()
