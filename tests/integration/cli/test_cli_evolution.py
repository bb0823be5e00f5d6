"""`evolution` and `snapshot` as users call them, on trainings that were watched before."""

import csv
import io
import json
from pathlib import Path

import pytest

from backend import files
from backend.domain.evolution import Forgetting, GuardedPanel, Worse
from backend.evolution.snapshot import FORGETTING, encoded
from tests.fakes.called_here import CalledHere
from tests.fakes.command_line import CommandLine
from tests.fakes.watched_home import give_runs


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> CalledHere:
    """Run 1 is of lesson.jsonl, run 2 of lessons.jsonl."""
    home = tmp_path_factory.mktemp("evolution") / "home"
    give_runs(home, "lesson.jsonl", "lessons.jsonl")
    return CalledHere(home)


def test_the_runs_are_listed_newest_first(watched: CalledHere) -> None:
    rows = watched("evolution", "list", "--json").json
    assert [(row["id"], row["dataset_name"], row["steps"]) for row in rows] == [
        (2, "lessons.jsonl", [0, 10, 12]),
        (1, "lesson.jsonl", [0, 10, 12]),
    ]
    shown = watched("evolution", "list").out
    assert "3 to 12/12" in shown
    assert rows[0]["folder"] in shown


def test_a_narrow_console_shows_a_run_in_a_line(watched: CalledHere) -> None:
    shown = watched("evolution", "list", columns=80).out
    assert "2026112" not in shown
    [first] = [line for line in shown.splitlines() if "lessons.jsonl" in line]
    assert "3 to 12/12" in first
    assert "ended" in first


def test_a_home_without_runs_says_when_the_first_comes(tmp_path: Path) -> None:
    bare = CalledHere(tmp_path / "bare")
    assert "No snapshot yet." in bare("evolution", "list").out
    assert bare("evolution", "list", "--json").json == []
    ended = bare("evolution", "show", "1")
    assert (ended.status, ended.err.splitlines()[0]) == (2, "There is no run '1'.")


def test_a_run_shows_what_became_of_its_examples(watched: CalledHere) -> None:
    found = watched("evolution", "show", "lesson", "--json").json
    assert (found["run"]["id"], len(found["examples"])) == (1, 12)
    first = found["examples"][1]
    assert (first["fate"], first["learned_at"], first["last"]["step"]) == ("learned", 10, 12)
    assert found["analysis"]["learned"] == sum(one["fate"] == "learned" for one in found["examples"])
    shown = watched("evolution", "show", "1").out
    assert "12 examples: " in shown
    assert "still wrong" in shown


def test_what_the_guard_found_is_shown_with_the_run(tmp_path: Path) -> None:
    home = tmp_path / "home"
    [folder] = give_runs(home, "lesson.jsonl")
    worse = Worse(example_id="a1b2c3d4e5", input="Who\nare you?", before=0.1, after=2.0)
    panels = (_panel("", "", (worse,)), _panel("other-1", "other.jsonl", ()))
    found = Forgetting(run=folder.name, job=1, step=12, taken_at="", seconds=1.0, panels=panels)
    files.write(folder / FORGETTING, encoded(found))
    shown = CalledHere(home)("evolution", "show", "1").out.splitlines()
    assert shown[-4:] == [
        "Forgetting guard: loss before and after this training",
        "  pinned examples: 0.100 → 0.200, 8 of 9 scored, 1 worse",
        "    a1b2c3d4  0.100 → 2.000  Who are you?",
        "  other.jsonl (other-1): 0.100 → 0.200, 8 of 9 scored, 0 worse",
    ]


def _panel(run: str, name: str, worse: tuple[Worse, ...]) -> GuardedPanel:
    return GuardedPanel(run=run, dataset_name=name, examples=9, scored=8, before=0.1, after=0.2, worse=worse)


@pytest.mark.parametrize("kind", ["learned", "still-wrong", "forgotten"])
def test_examples_of_one_kind_alone_are_shown(watched: CalledHere, kind: str) -> None:
    found = watched("evolution", "show", "1", "--only", kind, "--json").json["examples"]
    assert found
    assert {one["fate"] for one in found} == {kind}


def test_held_out_and_sought_examples_are_found(watched: CalledHere) -> None:
    heldout = watched("evolution", "show", "1", "--only", "heldout", "--json").json["examples"]
    assert heldout
    assert all(one["heldout"] for one in heldout)
    [one] = watched("evolution", "show", "1", "--search", "NUMBER 7.", "--json").json["examples"]
    assert one["input"].startswith("Question 7")
    assert "No example fits." in watched("evolution", "show", "1", "--search", "nowhere").out


def test_a_step_shows_its_answers(watched: CalledHere) -> None:
    found = watched("evolution", "show", "1", "--step", "10", "--json").json
    assert (found["training_step"], len(found["examples"])) == (10, 12)
    ended = watched("evolution", "show", "1", "--step", "11")
    assert (ended.status, ended.err.splitlines()[1]) == (2, "It has some at 0, 10, 12.")


def test_an_example_is_shown_over_time_with_its_differences(watched: CalledHere) -> None:
    [one] = watched("evolution", "show", "1", "--search", "number 1.", "--json").json["examples"]
    found = watched("evolution", "show", "1", "--example", one["example_id"][:6], "--json").json
    assert [answer["step"] for answer in found["answers"]] == [0, 10, 12]
    assert [answer["right"] for answer in found["answers"]] == [False, True, True]
    shown = watched("evolution", "show", "1", "--example", one["example_id"]).out
    assert "learned at step 10" in shown
    assert "[-I am Espalier, and this is answer number 1.-][+Hello, how can I help? 1+]" in shown


def test_two_steps_and_two_runs_are_compared(watched: CalledHere) -> None:
    found = watched("evolution", "show", "1", "--step", "10", "--compare", "0", "--json").json
    assert (found["from"]["step"], found["to"]["step"]) == (0, 10)
    one = found["examples"][1]
    assert one["gain"] == pytest.approx(one["before"]["loss"] - one["after"]["loss"])
    other = watched("evolution", "show", "1", "--compare-with", "lessons:0", "--json").json
    assert (other["from"]["run"].startswith("lessons-"), other["to"]["step"]) == (True, 12)
    assert "no → yes" in watched("evolution", "show", "1", "--compare", "0").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("less",), "may be lessons-"),
        (("1", "--example", "zz"), "There is no example 'zz'."),
        (("1", "--compare", "0", "--compare-with", "2:0"), "both name the other side"),
        (("1", "--compare-with", "2"), "is no RUN:STEP"),
        (("1", "--example", "a", "--step", "0"), "shows every step already"),
        (("1", "--only", "nonsense"), "nonsense"),
    ],
)
def test_what_makes_no_sense_is_wrong_use(watched: CalledHere, words: tuple[str, ...], said: str) -> None:
    ended = watched("evolution", "show", *words)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err


def test_an_export_as_csv_holds_every_example_at_every_step(watched: CalledHere) -> None:
    rows = list(csv.DictReader(io.StringIO(watched("evolution", "export", "1").out)))
    assert len(rows) == 36
    assert {row["step"] for row in rows} == {"0", "10", "12"}
    assert rows[1]["expected"] == "I am Espalier, and this is answer number 1."


def test_an_export_as_json_is_a_list(watched: CalledHere) -> None:
    rows = json.loads(watched("evolution", "export", "lesson", "--format", "json", "--step", "10").out)
    assert [row["step"] for row in rows] == [10] * 12
    assert json.loads(watched("evolution", "export", "1", "--json").out)[0]["step"] == 0


def test_an_export_goes_into_a_new_file_and_into_no_other(watched: CalledHere, tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    told = watched("evolution", "export", "1", "--output", target, "--json", "--format", "csv").json
    assert (told["format"], told["snapshots"], told["path"]) == ("csv", 3, str(target))
    whole = target.read_bytes()
    ended = watched("evolution", "export", "1", "--output", target)
    assert (ended.status, target.read_bytes()) == (2, whole)
    nowhere = watched("evolution", "export", "1", "--output", tmp_path / "no" / "rows.csv")
    assert (nowhere.status, "cannot be written" in nowhere.err) == (1, True)


def test_an_example_of_ones_own_is_pinned_listed_and_let_go(cli: CommandLine) -> None:
    assert "No example is pinned." in cli("evolution", "pin").out
    told = cli("evolution", "pin", "--question", "Who are you?", "--answer", "Espalier.", "--json").json
    assert [one["turns"][-1]["content"] for one in told["pins"]] == ["Espalier."]
    shown = cli("evolution", "pin").out
    assert "Who are you?" in shown
    assert "typed in" in shown
    [one] = cli("evolution", "pin", "--json").json
    assert cli("evolution", "unpin", one["example_id"][:5], "--json").json["pins"] == []
    for words in (("unpin", "x"), ("pin", "--question", "q")):
        assert cli("evolution", *words).status == 2, words


def test_an_example_of_a_run_is_pinned_by_the_beginning_of_its_id(cli: CommandLine) -> None:
    """The host says that the file with the row was never stored here."""
    give_runs(cli.home, "lesson.jsonl")
    [first, *_] = CalledHere(cli.home)("evolution", "show", "1", "--json").json["examples"]
    ended = cli("evolution", "pin", "1", first["example_id"][:6])
    assert (ended.status, "cannot be read" in ended.err, ended.err.splitlines()[1]) == (
        1,
        True,
        "Queue the file again, then pin it.",
    )


def test_what_cannot_be_pinned_is_wrong_use(watched: CalledHere) -> None:
    for words in (("1",), ("1", "zz"), ("1", "a", "--question", "q")):
        ended = watched("evolution", "pin", *words)
        assert (ended.status, ended.out) == (2, ""), words


def test_without_training_there_is_nothing_to_take_a_snapshot_of(cli: CommandLine) -> None:
    ended = cli("snapshot", "--reason", "curious")
    assert (ended.status, ended.out) == (2, "")
    assert "Nothing is training" in ended.err


def test_the_budget_of_a_file_is_an_option(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"prompt": "q", "completion": "a"}\n' * 3, encoding="utf-8")
    assert cli("queue", "add", file, "--evolution-budget", "100").status == 0
    assert cli("queue", "show", "1", "--json").json["settings"]["evolution_budget"] == 100
