"""Files leave the inbox's sight by a move: nothing is overwritten, nothing is deleted, another file is left alone."""

import os
import sys
from pathlib import Path

import pytest

from backend import files
from backend.inbox.look import Mark
from backend.inbox.news import Gone, Moved, PutAway, Refusal, Stuck
from backend.inbox.put_away import clear_leftovers, note_of, put_away
from backend.paths import Home


def order(home: Home, name: str, *, refused: bool = False, content: str = "x") -> PutAway:
    """A file in the inbox, and the order to move it."""
    path = home.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    mark = Mark.of(path)
    assert mark is not None
    relative = Path(name)
    refusal = Refusal(relative=relative, mark=mark, message="It is bad.", hint="Mend it.") if refused else None
    return PutAway(relative=relative, mark=mark, refusal=refusal, job=1)


def below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_sub_folders_are_kept_and_twins_get_numbers(home: Home) -> None:
    for content in ("1", "2", "3"):
        report = put_away(home, order(home, "priority/sub/a.jsonl", content=content))
        assert isinstance(report, Moved)
    assert below(home.inbox_taken) == [f"priority/sub/a{end}.jsonl" for end in ("-2", "-3", "")]
    assert (home.inbox_taken / "priority/sub/a.jsonl").read_text() == "1"
    assert (home.inbox / "priority/sub").is_dir()


def test_beside_a_refused_file_lies_why(home: Home) -> None:
    first = put_away(home, order(home, "a.jsonl", refused=True))
    second = put_away(home, order(home, "a.jsonl", refused=True))
    assert isinstance(first, Moved)
    assert isinstance(second, Moved)
    assert (first.to, second.to) == (Path("refused/a.jsonl"), Path("refused/a-2.jsonl"))
    note = (home.inbox_refused / "a.jsonl.reason.txt").read_text()
    assert "It is bad." in note
    assert "Mend it." in note
    assert len(below(home.inbox_refused)) == 4


def test_a_note_that_a_broken_off_move_left_is_used_and_another_is_kept(home: Home) -> None:
    wanted = order(home, "a.jsonl", refused=True)
    assert wanted.refusal is not None
    files.make_folder(home.inbox_refused)
    (home.inbox_refused / "a.jsonl.reason.txt").write_bytes(note_of(wanted.refusal))
    put_away(home, wanted)
    assert below(home.inbox_refused) == ["a.jsonl", "a.jsonl.reason.txt"]
    (home.inbox_refused / "b.jsonl.reason.txt").write_text("of a user")
    put_away(home, order(home, "b.jsonl", refused=True))
    assert (home.inbox_refused / "b.jsonl.reason.txt").read_text() == "of a user"
    assert (home.inbox_refused / "b-2.jsonl").exists()


def test_texts_that_a_crash_left_half_written_are_removed_and_nothing_else(home: Home) -> None:
    ours = [".README.txt.0123456789ab.tmp", "refused/.a.jsonl.reason.txt.0123456789ab.tmp"]
    ours.append(
        "refused/sub/.new\nline.0123456789ab.tmp" if sys.platform != "win32" else "refused/sub/.b.0123456789ab.tmp"
    )
    theirs = [".rows.jsonl.0123456789ab.tmp", ".mine.tmp", "refused/.mine.tmp", "refused/a.0123456789ab.tmp", "x.tmp"]
    for name in (*ours, *theirs):
        (home.inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (home.inbox / name).touch()
    clear_leftovers(home)
    assert below(home.inbox) == sorted(theirs)


def test_a_longest_name_has_room_for_its_note(home: Home) -> None:
    name = "x" * 249 + ".jsonl"
    report = put_away(home, order(home, name, refused=True))
    assert isinstance(report, Moved)
    assert report.to.suffix == ".jsonl"
    assert (home.inbox / f"{report.to}.reason.txt").exists()


def test_a_file_in_the_place_of_a_folder_does_not_stop_it(home: Home) -> None:
    put_away(home, order(home, "sub"))
    (home.inbox / "sub").mkdir()
    report = put_away(home, order(home, "sub/a.jsonl"))
    assert isinstance(report, Moved)
    assert report.to == Path("taken/a.jsonl")


def test_another_file_under_the_same_name_is_left_alone(home: Home) -> None:
    wanted = order(home, "a.jsonl")
    (home.inbox / "a.jsonl").write_text("something else")
    assert put_away(home, wanted) is None
    assert (home.inbox / "a.jsonl").read_text() == "something else"
    (home.inbox / "a.jsonl").unlink()
    assert put_away(home, wanted) == Gone(relative=Path("a.jsonl"))


def test_what_cannot_be_moved_says_why(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = order(home, "a.jsonl")

    def refuse(_source: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "move", refuse)
    assert put_away(home, wanted) == Stuck(order=wanted, why="Permission denied")
    assert (home.inbox / "a.jsonl").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only some users make links")
def test_a_link_is_moved_and_its_target_is_not_touched(home: Home, tmp_path: Path) -> None:
    target = tmp_path / "private"
    target.write_text("mine")
    link = home.inbox / "link"
    link.symlink_to(target)
    mark = Mark.of(link)
    assert mark is not None
    refusal = Refusal(relative=Path("link"), mark=mark, message="It is a link.", hint="")
    put_away(home, PutAway(relative=Path("link"), mark=mark, refusal=refusal))
    assert (home.inbox_refused / "link").is_symlink()
    assert target.read_text() == "mine"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes names that are no text")
def test_names_that_are_no_text_are_moved(home: Home) -> None:
    name = os.fsdecode(b"bad\xff\nname.jsonl")
    assert isinstance(put_away(home, order(home, name)), Moved)
    assert (home.inbox_taken / name).exists()
