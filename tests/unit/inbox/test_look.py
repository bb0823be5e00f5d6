"""A look sees files and folders, follows no link, and tells a changed file from the one that was seen."""

import os
from pathlib import Path

import pytest

from backend.inbox.look import Mark, look


def test_files_are_seen_in_the_order_of_their_paths_and_ours_are_not(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a/z.jsonl", "priority/sub/c.jsonl", "taken/x", "refused/y", "README.txt", "d.part"):
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    view = look(tmp_path)
    assert [each.relative.as_posix() for each in view.files] == ["a/z.jsonl", "b.jsonl", "priority/sub/c.jsonl"]
    assert set(view.folders) == {tmp_path, tmp_path / "a", tmp_path / "priority", tmp_path / "priority" / "sub"}
    assert view.unreadable == []


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only some users make links")
def test_a_link_is_seen_and_not_followed(tmp_path: Path) -> None:
    inbox, outside = tmp_path / "inbox", tmp_path / "outside"
    inbox.mkdir()
    outside.mkdir()
    (outside / "private.jsonl").touch()
    (inbox / "folder").symlink_to(outside)
    (inbox / "nowhere").symlink_to(tmp_path / "nothing")
    view = look(inbox)
    assert [(each.relative.name, each.mark.is_file) for each in view.files] == [("folder", False), ("nowhere", False)]


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    view = look(tmp_path / "gone")
    assert (view.files, view.folders, view.unreadable) == ([], [], [tmp_path / "gone"])


def test_a_mark_changes_with_size_time_and_file(tmp_path: Path) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    path.write_text("x")
    other.write_text("x")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    first = Mark.of(path)
    assert first is not None
    assert first == Mark.of(path)
    assert first != Mark.of(other)
    os.utime(path, ns=(1, 1))
    assert first != Mark.of(path)
    assert Mark.of(tmp_path / "nothing") is None
