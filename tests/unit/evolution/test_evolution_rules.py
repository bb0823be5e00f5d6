"""When snapshots are taken, how near an answer is, what a file is called, and what became of an example."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.analysis import Fate
from backend.errors import Damaged
from backend.evolution import folder as places
from backend.evolution import match
from backend.evolution.analysis import Point, analyse, course, is_worse
from backend.evolution.snapshot import decoded, encoded, file_name, step_of, summary_of
from backend.evolution.steps import is_due
from backend.paths import Home
from tests.makers.evolution_files import make_run


def test_snapshots_are_dense_at_first_and_every_thousand_steps_later() -> None:
    due = [step for step in range(23_457) if is_due(step, 23_456)]
    assert due[:6] == [0, 10, 25, 50, 100, 150]
    assert due[-4:] == [21_000, 22_000, 23_000, 23_456]


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_one_only_for_equal_texts(first: str, second: str) -> None:
    found = match.similarity(first, second)
    assert 0 <= found <= 1
    assert found == match.similarity(second, first)
    assert (found == 1) == (first == second)


@given(st.text(alphabet="abc XYZ"))
def test_case_white_space_and_full_stops_around_make_no_difference(text: str) -> None:
    assert match.matches(f"  {text.upper()}.\n", text.lower())


@given(st.integers(0, 10**17))
def test_a_file_name_says_its_step(step: int) -> None:
    assert step_of(file_name(step)) == step


@pytest.mark.parametrize("name", ["step_.json", "step_1.json.tmp", ".step_000001.json", "analysis.json"])
def test_other_names_are_no_snapshots(name: str) -> None:
    assert step_of(name) is None


@given(st.text(max_size=80))
def test_the_folder_of_any_file_has_a_safe_name_of_its_own_that_says_when_it_began(name: str) -> None:
    first = places.name_of(name, "0" * 64, "2026-11-25T01:02:03.456Z", set())
    second = places.name_of(name, "0" * 64, "2026-11-25T01:02:03.456Z", {first})
    assert first != second
    for each in (first, second):
        assert places.NAME.fullmatch(each)
        assert places.begun_at(each) == "2026-11-25T01:02:03.000Z"


def test_a_snapshot_comes_back_as_it_was(tmp_path: Path) -> None:
    for path in places.steps(make_run(Home(tmp_path), odd=True)).values():
        snapshot = places.read(path)
        assert encoded(snapshot) == path.read_bytes()
        assert summary_of(snapshot.examples) == snapshot.summary


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": 1'])
def test_what_is_no_snapshot_is_named(content: bytes) -> None:
    with pytest.raises(Damaged, match="here"):
        decoded(content, "here")


def test_a_newer_format_is_not_read(tmp_path: Path) -> None:
    path = places.place(make_run(Home(tmp_path)), 0)
    with pytest.raises(Damaged, match="format 2"):
        decoded(path.read_bytes().replace(b'"format": 1', b'"format": 2'), path)


@pytest.mark.parametrize(
    ("right", "fate", "learned_at"),
    [
        ((False, True, True), Fate.LEARNED, 1),
        ((False, True, False, True), Fate.LEARNED, 3),
        ((True, True), Fate.KNOWN, None),
        ((True, False), Fate.FORGOTTEN, None),
        ((False, False), Fate.STILL_WRONG, None),
        ((None, None), Fate.UNKNOWN, None),
        ((False, None, True), Fate.LEARNED, 2),
    ],
)
def test_what_became_of_an_example_over_a_run(
    right: tuple[bool | None, ...], fate: Fate, learned_at: int | None
) -> None:
    found = course("a", [Point(step=step, right=each, loss=1.0) for step, each in enumerate(right)])
    assert (found.fate, found.learned_at) == (fate, learned_at)


def test_a_loss_that_rose_by_more_than_noise_is_worse() -> None:
    assert is_worse(1.0, 1.2)
    assert not is_worse(1.0, 1.09)
    assert not is_worse(0.01, 0.1)
    assert not is_worse(None, 1.0)


def test_an_analysis_counts_every_example_once(tmp_path: Path) -> None:
    found = analyse(places.snapshots(make_run(Home(tmp_path), examples=40)))
    assert found is not None
    assert len(found.courses) == 40
    known = sum(one.fate in (Fate.KNOWN, Fate.UNKNOWN) for one in found.courses)
    assert found.learned + found.never_learned + found.forgotten + known == 40
    assert min(found.learned, found.never_learned, found.forgotten) > 0
    assert analyse([]) is None
