"""What lies in the control folder, and what it means."""

import os
from pathlib import Path

import pytest

from backend.control.signal_files import MOST_BYTES, REASON_SIGNS, look, reason_of
from backend.paths import Home


def test_signals_are_found_in_the_order_in_which_they_act(home: Home) -> None:
    for name in ("resume", "pause", "skip", "stop", "other"):
        home.signal(name).touch()
    assert [signal.name for signal in look(home)] == ["stop", "skip", "pause", "resume"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", ""),
        (b"  dinner \n", "dinner"),
        (b"two\nlines\x00\x1b[31m", "two lines [31m"),
        (b"\xff\xfe", ""),
        ("\ufeffd\u00eener".encode(), "d\u00eener"),
        ("dinner\r\n".encode("utf-16"), "dinner"),
        (b"\x80dinner", "\ufffddinner"),
        (b"x" * 5000, "x" * REASON_SIGNS),
    ],
)
def test_the_first_characters_are_the_reason_whatever_the_bytes_are(content: bytes, reason: str) -> None:
    assert reason_of(content) == reason


def test_a_large_file_and_a_folder_are_no_signals(home: Home) -> None:
    home.signal("stop").write_bytes(b"x" * (MOST_BYTES + 1))
    home.signal("skip").mkdir()
    home.signal("pause").write_bytes(b"x" * MOST_BYTES)
    problems = {signal.name: signal.problem for signal in look(home)}
    assert "65,537 bytes" in problems["stop"]
    assert problems["skip"] == "it is not a regular file"
    assert problems["pause"] == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders, and lets only some users make links")
def test_a_link_and_a_pipe_are_no_signals_and_are_not_read(home: Home, tmp_path: Path) -> None:
    (tmp_path / "target").write_text("secret")
    home.signal("stop").symlink_to(tmp_path / "target")
    os.mkfifo(home.signal("pause"))
    found = look(home)
    assert [(signal.name, signal.reason, bool(signal.problem)) for signal in found] == [
        ("stop", "", True),
        ("pause", "", True),
    ]
