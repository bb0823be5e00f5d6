"""Versions, consolidation and the trash as users call them, over the scripted engine: each ends with its fact."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from backend.trash.trash import Trash
from tests.fakes import scripted_merge
from tests.fakes.called_here import CalledHere
from tests.fakes.command_line import CommandLine
from tests.fakes.hosting import give_base
from tests.fakes.scripted_engine import Script

SCRIPT = Script(steps=4)


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> CalledHere:
    """One home for all, and each test goes on where the one before it ended."""
    folder = tmp_path_factory.mktemp("versions")
    give_base(Home(folder / "home"))
    for name in ("first", "second"):
        (folder / f"{name}.jsonl").write_text(f'{{"prompt": "Say {name}.", "completion": "{name}"}}\n' * 3)
    return CalledHere(folder / "home")


@pytest.fixture
def terminal(cli: CalledHere) -> Iterator[CommandLine]:
    """Another program on the same home."""
    other = CommandLine(cli.home)
    yield other
    other.close()


def lesson(cli: CalledHere, name: str) -> Path:
    return cli.home.with_name(f"{name}.jsonl")


def ids(cli: CalledHere) -> list[str]:
    return [row["id"] for row in cli("version", "list", "--json").json]


def test_what_was_trained_becomes_a_version(cli: CalledHere) -> None:
    assert cli("version", "list", "--json").json == []
    empty = cli("consolidate", "--dry-run", "--json")
    assert (empty.status, bool(empty.json["refusal"])) == (3, True)
    cli("train", lesson(cli, "first"), script=SCRIPT)
    plan = cli("consolidate", "--dry-run")
    assert (plan.status, "first.jsonl" in plan.out, "Nothing was done" in plan.err) == (0, True, True)
    made = cli("consolidate", "--name", "Lesson one", "--description", "Words.", "--tag", "good", script=SCRIPT)
    assert (made.status, made.err) == (0, "")
    assert "v001 is made" in made.out
    assert "keeps" in made.out
    [row] = cli("version", "list", "--json").json
    assert (row["id"], row["slug"], row["tags"], row["is_head"], row["is_latest"]) == (
        "v001",
        "lesson-one",
        ["good"],
        True,
        True,
    )
    assert [job["name"] for job in row["jobs"]] == ["first.jsonl"]
    assert "Words." in cli("version", "show", "latest").out


def test_a_refused_merge_is_told_with_its_status(cli: CalledHere) -> None:
    cli("train", lesson(cli, "second"), script=SCRIPT)
    refused = cli("consolidate", script=Script(merge=scripted_merge.REFUSED))
    assert (refused.status, "loses 74 %" in refused.err) == (3, True)
    assert ids(cli) == ["v001"]
    [newest, *_] = cli("operations", "list", "--json").json
    assert (newest["kind"], newest["state"]) == ("consolidate", "failed")


def test_one_under_way_is_cancelled_from_another_terminal(cli: CalledHere, terminal: CommandLine) -> None:
    waiting = terminal.start("consolidate", "--json", script=Script(merge=scripted_merge.WAITS))
    while not (cli.home / "host.json").exists() or not cli("operations", "list", "--json").json[0]["step"]:
        assert waiting.process.poll() is None
    cancelled = cli("operations", "cancel", "--json")
    assert (cancelled.status, cancelled.json["state"]) == (0, "cancelled")
    ended = waiting.end()
    assert (ended.status, "broken off" in ended.json["error"]) == (1, True)
    assert cli("operations", "cancel").status == 2
    made = cli("consolidate", "--json", script=SCRIPT).json
    assert made["version"]["parent"]["version"] == "v001"


def test_two_versions_are_compared_tagged_verified_and_copied_out(cli: CalledHere, tmp_path: Path) -> None:
    _, newest = ids(cli)
    compared = cli("version", "compare", "v001", newest)
    assert (compared.status, f"{newest} comes from v001." in compared.out) == (0, True)
    assert cli("version", "tag", "1", "best", "--remove", "good", "--json").json == {
        "version": "v001",
        "tags": ["best"],
    }
    assert cli("version", "tag", "best").out == "v001: best\n"
    verified = cli("version", "verify", "--json").json
    assert [row["condition"] for row in verified["versions"]] == ["whole", "whole"]
    copy = tmp_path / "copy"
    assert cli("version", "export", "best", copy).status == 0
    assert (copy / "model.safetensors").is_file()
    assert cli("version", "export", "best", copy).status == 3


def test_a_version_becomes_the_head_and_undo_goes_back(cli: CalledHere) -> None:
    restored = cli("version", "restore", "v001", "--json").json
    assert (restored["before"]["base"], restored["after"]["base"]) == (ids(cli)[1], "v001")
    assert [line.count("restoring of") for line in cli("history").out.splitlines() if "*" in line] == [1]
    assert cli("undo", "--json").json["after"]["base"] == ids(cli)[1]
    assert cli("version", "restore", "v009").status == 2


def test_a_deletion_needs_the_id_and_leads_to_the_trash(cli: CalledHere) -> None:
    database = sqlite3.connect(cli.home / "espalier.db")
    database.execute("update versions set card = json_set(card, '$.created_at', '2026-01-01T00:00:00.000Z')")
    database.commit()
    database.close()
    shown = cli("version", "delete", "v001")
    assert (shown.status, "lesson-one" in shown.out, "--confirm v001" in shown.err) == (3, True, True)
    wrong = cli("version", "delete", "v001", "--confirm", "v002")
    assert (wrong.status, len(ids(cli))) == (3, 2)
    assert cli("version", "delete", "v001", "--confirm", "v001").status == 3  # undo reaches it
    gone = cli("version", "delete", "v001", "--confirm", "v001", "--end-undo", "--json")
    assert (gone.status, gone.json["done"], len(ids(cli))) == (0, True, 1)


def test_what_was_deleted_comes_back_or_goes_for_good(cli: CalledHere) -> None:
    [entry] = cli("trash", "list", "--json").json
    assert (entry["kind"], entry["of"]) == ("version", "v001")
    assert "version v001" in cli("trash", "list").out
    back = cli("trash", "restore", "v001", "--json")
    assert (back.status, len(ids(cli))) == (0, 2)
    assert cli("trash", "restore", "v001").status == 2
    assert cli("trash", "empty").status == 0
    cli("version", "delete", "v001", "--confirm", "v001", "--end-undo")
    shown = cli("trash", "empty", "--json")
    assert (shown.status, shown.json["done"], len(Trash(Home(cli.home)).entries())) == (3, False, 1)
    emptied = cli("trash", "empty", "--confirm")
    assert (emptied.status, "Gone for good: 1 thing" in emptied.out) == (0, True)
    assert list((cli.home / "trash").iterdir()) == []
