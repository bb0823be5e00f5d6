"""What the words of a command line mean before a command reads them."""

from pathlib import Path

import pytest
import typer

from backend.cli.arguments import COMMANDS, base_dir_in, hoisted, self_check_words, wants_window, window_files
from backend.cli.main import composed
from backend.cli.output import JsonOutput


@pytest.mark.parametrize(
    ("words", "moved"),
    [
        (["status", "--json"], ["--json", "status"]),
        (["queue", "list", "--base-dir", "d"], ["--base-dir", "d", "queue", "list"]),
        (["queue", "--base-dir=d", "list", "--json"], ["--base-dir=d", "--json", "queue", "list"]),
        (["--json", "status"], ["--json", "status"]),
        (["train", "a", "--", "--json"], ["train", "a", "--", "--json"]),
        (["status", "--base-dir"], ["status", "--base-dir"]),
    ],
)
def test_options_of_all_commands_move_to_the_front(words: list[str], moved: list[str]) -> None:
    assert hoisted(words) == moved


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ([], True),
        (["--demo"], True),
        (["--base-dir", "d"], True),
        (["lesson.jsonl"], True),
        (["lesson.jsonl", "not-there.jsonl"], True),
        (["--demo", "lesson.jsonl", "--base-dir=d"], True),
        (["--", "lesson.jsonl"], True),
        (["train", "lesson.jsonl"], False),
        (["--base-dir", "d", "status"], False),
        (["stauts"], False),
        (["--json"], False),
        (["--help"], False),
        (["lesson.jsonl", "--json"], False),
        (["lesson.jsonl", "--epochs", "3"], False),
    ],
)
def test_the_window_opens_for_no_words_or_files(
    words: list[str], window: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lesson.jsonl").touch()
    Path("train").mkdir()
    assert wants_window(words) is window


def test_files_of_the_window_are_read_apart_from_its_options() -> None:
    words = ["--demo", "a.jsonl", "--base-dir", "home", "--", "--odd.jsonl"]
    assert window_files(words) == [Path("a.jsonl"), Path("--odd.jsonl")]
    assert base_dir_in(words) == Path("home")


@pytest.mark.parametrize(
    ("words", "beside"),
    [
        (["--self-check"], []),
        (["--self-check", "--json"], ["--json"]),
        (["--json", "--self-check"], ["--json"]),
        (["--self-check", "--base-dir", "d"], ["--base-dir", "d"]),
        (["--base-dir=d", "--self-check"], ["--base-dir=d"]),
        (["--self-check", "a.jsonl"], ["a.jsonl"]),
        (["--", "--self-check"], None),
        (["train", "--self-check"], None),
        (["a.jsonl", "--self-check"], None),
        ([], None),
    ],
)
def test_a_self_check_is_asked_for_by_the_first_word(words: list[str], beside: list[str] | None) -> None:
    assert self_check_words(words) == beside


def test_a_self_check_is_no_file_of_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("--self-check").touch()
    assert not wants_window(["--self-check"])
    assert wants_window(["--", "--self-check"])


def test_the_last_named_home_holds() -> None:
    assert base_dir_in(["status", "--base-dir", "a", "--json", "--base-dir=b"]) == Path("b")
    assert base_dir_in(["status"]) is None


def test_the_names_known_before_loading_are_the_commands_that_exist() -> None:
    command = typer.main.get_command(composed(JsonOutput(), None))
    assert isinstance(command, typer.core.TyperGroup)
    assert set(command.commands) == COMMANDS
