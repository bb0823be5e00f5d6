"""The demonstration's course on the scripted engine: before, training, after, and a second time in the same home."""

from collections.abc import Callable
from pathlib import Path

from tests.fakes.command_line import CommandLine, Ended
from tests.fakes.scripted_engine import Script

WriteRows = Callable[[str], Path]
KEYS = {"event", "answer_before", "answer_after", "loss_before", "loss_after", "seconds"}


def check_before_and_after(ended: Ended) -> None:
    """The fake engine says whether it answers with an adapter."""
    assert (ended.status, ended.err) == (0, "")
    last = ended.lines[-1]
    assert last.keys() >= KEYS
    assert (last["event"], last["loss_before"], last["loss_after"]) == ("demo", 3.0, 1.0)
    assert last["answer_before"] == "base: Who are you?"
    assert last["answer_after"] == "trained: Who are you?"
    assert last["capital_after"] == "trained: What is the capital of France?"


def test_it_shows_before_and_after_and_can_be_run_again_in_the_same_home(bare: CommandLine) -> None:
    first = bare("demo", "--json", script=Script(steps=3))
    check_before_and_after(first)
    assert Path(first.lines[-1]["adapter"]).exists()
    check_before_and_after(bare("demo", "--json", script=Script(steps=3)))


def test_people_see_answers_losses_and_every_place(bare: CommandLine) -> None:
    ended = bare("demo", script=Script(steps=3))
    assert ended.status == 0
    for text in ("base: Who are you?", "trained: Who are you?", "3.000 before, 1.000 after", str(bare.home)):
        assert text in ended.out


def test_one_that_was_stopped_begins_again(bare: CommandLine) -> None:
    going = bare.start("demo", "--json", script=Script(steps=2000, seconds=0.02))
    going.until_step(2)
    assert bare("stop").status == 0
    ended = going.end()
    assert (ended.status, ended.lines[-1]) == (0, {"event": "finished", "stopped": True})
    check_before_and_after(bare("demo", "--json", script=Script(steps=3)))


def test_a_home_with_work_of_the_user_is_left_alone(cli: CommandLine, rows: WriteRows) -> None:
    cli("train", rows("mine"), script=Script(steps=3))
    head = cli("head", "show", "--json").json
    refused = cli("demo", "--json")
    assert refused.status == 3
    assert "mine.jsonl" in refused.lines[-1]["error"]
    assert cli("head", "show", "--json").json == head


def test_without_a_folder_it_makes_one_of_its_own(bare: CommandLine) -> None:
    ended = bare("demo", "--json", script=Script(steps=3), in_home=False)
    assert Path(ended.lines[-1]["home"]) == bare.user_data / "espalier" / "demo"
