"""A run is found by number, folder, name of its file, slug or hash; what fits several is asked about."""

import hashlib

import pytest

from backend.domain.evolution import EvolutionRun, PanelExample
from backend.domain.snapshot import Source
from backend.errors import WrongUse
from backend.evolution.find import Ambiguous, find_example, find_run


def run(number: int, name: str, content: str = "") -> EvolutionRun:
    dataset = hashlib.sha256((content or name).encode()).hexdigest()
    return EvolutionRun(
        id=number,
        folder=f"{name.removesuffix('.jsonl')}-{dataset[:8]}_20261125_00000{number}",
        job=number,
        dataset=dataset,
        dataset_name=name,
        base="tiny",
        begun_at="",
        total_steps=10,
        steps=(),
        first=None,
        last=None,
        ended=False,
    )


RUNS = (
    run(1, "lesson.jsonl"),
    run(2, "lesson.jsonl"),
    run(3, "lessons.jsonl"),
    run(4, "day 2.jsonl"),
    run(5, "7.jsonl"),
)


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ("1", 1),
        (RUNS[0].folder, 1),
        ("lesson.jsonl", 2),
        ("lesson", 2),
        (f"lesson-{RUNS[0].dataset[:8]}", 2),
        (RUNS[0].dataset, 2),
        (RUNS[2].dataset[:10], 3),
        ("lessons", 3),
        ("day 2", 4),
        ("7", 5),
    ],
)
def test_every_name_of_a_run_is_understood(wanted: str, number: int) -> None:
    assert find_run(RUNS, wanted).id == number
    assert find_run(RUNS[::-1], wanted).id == number


@pytest.mark.parametrize("wanted", ["", "9", "nothing", "../lesson", "\0", "lesson.jsonl/"])
def test_what_is_no_run_is_refused(wanted: str) -> None:
    with pytest.raises(WrongUse, match="no run"):
        find_run(RUNS, wanted)


def test_the_number_of_a_run_that_is_not_there_finds_no_hash_that_begins_so() -> None:
    for begins in {run.dataset[:1] for run in RUNS} | {run.dataset[:3] for run in RUNS}:
        if begins not in {str(run.id) for run in RUNS}:
            with pytest.raises(WrongUse, match="no run"):
                find_run(RUNS, begins)


def test_a_beginning_of_two_files_names_both() -> None:
    with pytest.raises(Ambiguous) as raised:
        find_run(RUNS, "less")
    assert RUNS[1].folder in str(raised.value)
    assert RUNS[2].folder in str(raised.value)


def example(example_id: str) -> PanelExample:
    return PanelExample(
        example_id=example_id,
        input="q",
        expected_output="a",
        source=Source.DATASET,
        pinned=False,
        heldout=False,
        dataset="",
        line=1,
        length=1,
        expected_length=1,
    )


def test_an_example_is_found_by_the_beginning_of_its_id() -> None:
    examples = [example("aabb"), example("aacc"), example("aa")]
    assert find_example(examples, "AAB").example_id == "aabb"
    assert find_example(examples, "aa").example_id == "aa"
    with pytest.raises(Ambiguous, match="aabb or aacc"):
        find_example(examples[:2], "aa")
    for wanted in ("", "x"):
        with pytest.raises(WrongUse, match="no example"):
            find_example(examples, wanted)
