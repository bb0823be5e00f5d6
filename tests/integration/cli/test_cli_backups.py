"""`backup` as users call it: made, listed, verified, damaged, restored; words for people, JSON for programs."""

from collections.abc import Callable
from pathlib import Path

from backend.paths import Home
from tests.fakes.command_line import CommandLine
from tests.fakes.version_host import spoil

WriteRows = Callable[[str], Path]


def test_a_backup_is_made_listed_verified_and_restored(cli: CommandLine, rows: WriteRows) -> None:
    assert cli("--json", "backup", "list").json == []
    assert cli("backup", "create").status == 3, "nothing was trained"
    assert cli("train", str(rows("a"))).status == 0
    made = cli("--json", "backup", "create", "--reason", "before I try something").json
    assert made["reason"] == "before I try something"
    assert made["here"]["condition"] == "whole"
    assert made["stays"] == ["young", "floor", "today", "head"]
    folder = Home(Path(cli.home)).backups / made["path"]
    assert cli("--json", "backup", "verify").json["backups"][0]["id"] == made["id"]
    shown = cli("backup", "cleanup")
    assert shown.status == 0
    assert "The rule lets no backup go." in shown.out
    spoil(folder / "content" / "adapter_model.safetensors")
    wrong = cli("backup", "verify", made["id"])
    assert wrong.status == 1
    assert str(folder / "content" / "adapter_model.safetensors") in " ".join(wrong.err.split())
    refused = cli("--json", "backup", "restore", made["id"])
    assert refused.status == 1
    assert "No other backup" in refused.json["hint"]
    assert "DAMAGED" in cli("backup", "list").out
    assert cli("backup", "restore", "nothing").status == 2
