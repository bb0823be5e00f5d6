"""`undo`, `redo`, `history` and `daily` as users call them: each says what the head was and is."""

from backend.clock import today
from tests.fakes.command_line import CommandLine
from tests.fakes.scripted_engine import Script
from tests.integration.cli.conftest import WriteRows

SCRIPT = Script(steps=4)


def test_undo_and_redo_say_what_the_head_was_and_is(cli: CommandLine, rows: WriteRows) -> None:
    cli("train", rows("first"), rows("second"), script=SCRIPT)
    told = cli("undo")
    assert told.status == 0
    assert "Undone: training of second.jsonl." in told.out
    assert "The head was at checkpoint" in told.out
    assert "second.jsonl (job 2) is undone" in told.out
    redone = cli("redo", "--json").json
    assert (redone["before"]["total_steps"], redone["after"]["total_steps"]) == (4, 8)
    assert [(job["file"], job["status"]) for job in redone["jobs"]] == [("second.jsonl", "done")]
    undone = cli("undo", "--json").json
    assert undone["after"] == redone["before"]
    history = cli("history", "--json").json
    assert [(move["name"], move["state"]) for move in history] == [
        ("tiny", "standing"),
        ("first.jsonl", "standing"),
        ("second.jsonl", "undone"),
    ]
    assert "redo brings it back" in cli("history").out
    cli("undo")
    cli("undo")
    nothing = cli("undo")
    assert (nothing.status, "nothing to undo" in nothing.err) == (2, True)


def test_undo_beside_a_training_is_refused(cli: CommandLine, rows: WriteRows) -> None:
    going = cli.start("train", rows("long"), "--json", script=Script(steps=1000, save_every=2, wait_at=3))
    going.until_step(3)
    refused = cli("undo")
    assert (refused.status, "in the middle of a training" in refused.err) == (3, True)
    cli("stop")
    assert going.end().status == 0


def test_a_daily_snapshot_is_taken_listed_and_thinned_only_when_confirmed(cli: CommandLine, rows: WriteRows) -> None:
    assert cli("daily", "list", "--json").json == []
    assert cli("daily", "take").status == 3
    cli("train", rows("first"), script=SCRIPT)
    taken = cli("daily", "take", "--json")
    assert (taken.status, taken.json["path"]) == (0, str(cli.home / "snapshots" / today()))
    assert cli("daily", "take").status == 3
    [listed] = cli("daily", "list", "--json").json
    assert (listed["day"], listed["would_go"]) == (today(), False)
    assert today() in cli("daily", "list").out
    for words in (("thin",), ("thin", "--confirm")):
        assert "lets no snapshot go" in cli("daily", *words).out
        assert cli("daily", *words, "--json").json == {"going": [], "bytes": 0, "done": len(words) > 1}
