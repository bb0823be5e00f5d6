"""The root of the command line: both ways to speak, exit statuses, errors of users and bugs of ours."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.cli import status
from backend.cli.main import main
from backend.errors import ExitStatus

Captured = pytest.CaptureFixture[str]


def said(capsys: Captured) -> Any:
    """The one JSON value on standard output; nothing may stand on standard error."""
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


@pytest.mark.parametrize(
    "words",
    [
        ["--base-dir", "HOME", "--json", "settings", "get", "job.epochs"],
        ["settings", "get", "job.epochs", "--base-dir", "HOME", "--json"],
        ["settings", "--json", "get", "--base-dir=HOME", "job.epochs"],
    ],
)
def test_home_and_json_may_stand_anywhere(words: list[str], tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "config.toml").write_text("[job]\nepochs = 5\n", encoding="utf-8")
    assert main([word.replace("HOME", str(tmp_path)) for word in words]) == ExitStatus.DONE
    answer = said(capsys)
    assert (answer["value"], answer["default"]) == (5, 1)
    assert answer["description"]


@pytest.mark.parametrize("words", [["levitate"], ["queue", "explode"], ["status", "--loud"], ["queue", "remove", "x"]])
def test_unknown_words_are_wrong_use(words: list[str], tmp_path: Path, capsys: Captured) -> None:
    assert main([*words, "--base-dir", str(tmp_path)]) == ExitStatus.WRONG_USE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "--help" in captured.err
    assert main([*words, "--base-dir", str(tmp_path), "--json"]) == ExitStatus.WRONG_USE
    assert said(capsys).keys() == {"error", "hint"}


@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["queue", "--help"], ["--version"]])
def test_help_and_version_succeed(words: list[str], capsys: Captured) -> None:
    assert main(words) == ExitStatus.DONE
    assert capsys.readouterr().out


def test_long_options_are_shown_whole_in_the_help(capsys: Captured) -> None:
    main(["train", "--help"])
    assert "--checkpoint-minutes" in capsys.readouterr().out


def test_an_error_shows_message_and_hint_and_no_traceback(tmp_path: Path, capsys: Captured) -> None:
    assert main(["settings", "get", "job.magic", "--base-dir", str(tmp_path)]) == ExitStatus.WRONG_USE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "There is no setting named job.magic.\n`espalier settings get` lists them all.\n"


def test_settings_that_cannot_be_read_are_named(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "config.toml").write_text("[job]\nepochs = 'many'\n", encoding="utf-8")
    assert main(["settings", "get", "--base-dir", str(tmp_path), "--json"]) == ExitStatus.WRONG_USE
    assert str(tmp_path / "config.toml") in said(capsys)["error"]


def test_a_setting_is_changed_and_shown(tmp_path: Path, capsys: Captured) -> None:
    where = ["--base-dir", str(tmp_path / "home")]
    assert main(["settings", "set", "adapter.r", "8", *where]) == ExitStatus.DONE
    assert capsys.readouterr().out == "adapter.r = 8\n"
    assert main(["settings", "set", "adapter.r", "0", *where, "--json"]) == ExitStatus.WRONG_USE
    assert "adapter.r" in said(capsys)["error"]
    assert main(["settings", "get", "adapter", *where, "--json"]) == ExitStatus.DONE
    assert {row["key"]: row["value"] for row in said(capsys)}["adapter.r"] == 8


def test_a_bug_is_one_line_and_its_traceback_is_in_the_log(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by hand")

    monkeypatch.setattr(status, "ask", broken)
    assert main(["status", "--base-dir", str(tmp_path)]) == ExitStatus.FAILED
    captured = capsys.readouterr()
    log = tmp_path / "logs" / "espalier.log"
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert "ZeroDivisionError: by hand" in captured.err
    assert str(log) in captured.err
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_a_home_that_cannot_be_is_one_clear_message(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "file"
    file.touch()
    assert main(["queue", "remove", "1", "--base-dir", str(file / "home"), "--json"]) == ExitStatus.WRONG_USE
    assert "home folder" in said(capsys)["error"]
